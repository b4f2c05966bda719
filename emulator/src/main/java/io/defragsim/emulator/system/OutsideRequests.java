package io.defragsim.emulator.system;

/** Where requests from outside come from. */
public interface OutsideRequests {

  /** Nothing outside requests anything. */
  OutsideRequests NONE =
      new OutsideRequests() {
        @Override
        public long nextCycle() {
          return Long.MAX_VALUE;
        }

        @Override
        public int take() {
          throw new IllegalStateException("nothing was requested");
        }
      };

  /** When the next request is due, on the clock of {@link CoreSystem#now}; MAX_VALUE for never. */
  long nextCycle();

  /** Takes the next request, and returns its exception. */
  int take();
}
