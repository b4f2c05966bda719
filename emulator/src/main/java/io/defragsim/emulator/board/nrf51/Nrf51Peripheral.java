package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.Wires;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A peripheral whose model is made when there are wires: all that a model works with is final. */
final class Nrf51Peripheral implements Peripheral {
  private final Function<Wires, Nrf51Block> model;
  private @Nullable Nrf51Block block;

  Nrf51Peripheral(Function<Wires, Nrf51Block> model) {
    this.model = model;
  }

  @Override
  public void connect(Wires wires) {
    block = model.apply(wires);
  }

  @Override
  public void reset() {
    block().reset();
  }

  @Override
  public int read(int offset, int bytes) {
    return block().read(offset, bytes);
  }

  @Override
  public void write(int offset, int bytes, int value) {
    block().write(offset, bytes, value);
  }

  private Nrf51Block block() {
    return Objects.requireNonNull(block);
  }
}
