import type { EventBus, SalesEventName, SalesEvents } from "@salesagent/ports";
import { EventEmitter } from "eventemitter3";

/** How a bus is made. */
export interface EventBusOptions {
  /** Is told when a listener throws; the run never is, also when this throws itself. @defaultValue does nothing */
  readonly onListenerError?: (error: unknown, event: SalesEventName) => void;
}

/** The bus of an app, in this process. */
export function createEventBus(options: EventBusOptions = {}): EventBus {
  const emitter = new EventEmitter<string>();
  return {
    on<Name extends SalesEventName>(name: Name, listener: (event: SalesEvents[Name]) => void): Disposable {
      const guarded = (event: SalesEvents[Name]) => {
        try {
          listener(event);
        } catch (error) {
          tell(options.onListenerError, error, name);
        }
      };
      emitter.on(name, guarded);
      return { [Symbol.dispose]: () => void emitter.off(name, guarded) };
    },
    emit(name, event) {
      emitter.emit(name, event);
    },
  };
}

function tell(onError: EventBusOptions["onListenerError"], error: unknown, name: SalesEventName): void {
  try {
    onError?.(error, name);
  } catch {
    // There is nobody left to tell.
  }
}
