package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.Stop;
import org.jspecify.annotations.Nullable;

/** Counts nothing. */
final class NullCounter implements Counter {
  private boolean eventRegister;

  @Override
  public void begin(long entry, long cycleBudget) {}

  @Override
  public @Nullable Stop ended() {
    return null;
  }

  @Override
  public long total() {
    return 0;
  }

  @Override
  public boolean eventRegister() {
    return eventRegister;
  }

  @Override
  public void setEventRegister(boolean event) {
    eventRegister = event;
  }
}
