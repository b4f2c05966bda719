package io.defragsim.emulator.engine;

/** Makes engines for one image in one memory map. */
public interface EngineFactory {

  /**
   * A new engine with its core at rest. The event register is clear.
   *
   * @param sram what SRAM holds, all of it; copied
   */
  Engine open(byte[] sram);
}
