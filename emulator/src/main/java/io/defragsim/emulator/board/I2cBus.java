package io.defragsim.emulator.board;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The devices on a board's I2C bus, by their addresses of 7 bits. */
public final class I2cBus {
  private final Map<Integer, I2cDevice> devices = new TreeMap<>();

  void put(int address, I2cDevice device) {
    devices.put(address, device);
  }

  void reset() {
    devices.values().forEach(I2cDevice::reset);
  }

  /** The device that acknowledges an address, null if none does. */
  public @Nullable I2cDevice at(int address) {
    return devices.get(address);
  }
}
