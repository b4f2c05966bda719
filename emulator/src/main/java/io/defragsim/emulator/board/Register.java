package io.defragsim.emulator.board;

/**
 * A register that has a name.
 *
 * @param name for example {@code RCC.CR}
 * @param address of its word, a multiple of 4
 * @param reset what it holds out of reset
 */
public record Register(String name, long address, int reset) {}
