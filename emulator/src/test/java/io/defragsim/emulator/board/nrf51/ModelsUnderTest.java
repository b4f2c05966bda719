package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.FakeWires;
import io.defragsim.emulator.board.Peripheral;
import java.util.Objects;
import java.util.function.Supplier;

/** Models as a board file names them. */
final class ModelsUnderTest {
  private ModelsUnderTest() {}

  /** A model at an address, out of reset. */
  static FakeWires connected(String name, long base) {
    Supplier<Peripheral> model = Nrf51Models.all().get(name);
    return new FakeWires(base, Objects.requireNonNull(model, name).get());
  }

  static FakeWires connected(String name) {
    return connected(name, 0x4000_2000L);
  }
}
