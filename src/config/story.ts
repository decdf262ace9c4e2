import type { Place } from './diagnostic.js';

/** One choice on the way from the labels of a container, Swarm service or instance to its servers, and its reason. */
export interface Step {
  readonly choice:
    'labels' | 'takes part' | 'constraints' | 'state' | 'port' | 'network' | 'server';
  readonly text: string;
}

export type TellStep = (step: Step) => void;

/** How a provider came to what it takes from one container or instance, in the order of its choices. */
export interface Story {
  readonly kind: 'container' | 'task' | 'swarmService' | 'instance';
  /** As `Owner.id`. */
  readonly id: string;
  readonly name: string;
  /** Other names that its author knows it by: the service of Compose, of Consul. */
  readonly aliases: readonly string[];
  readonly at: Place;
  readonly steps: readonly Step[];
}

/** Called anew whenever a container or instance is read again. */
export type TellStory = (story: Story) => void;
