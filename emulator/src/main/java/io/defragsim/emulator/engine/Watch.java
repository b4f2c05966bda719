package io.defragsim.emulator.engine;

/**
 * A word in SRAM that must keep its value: a change is a stack overflow.
 *
 * @param address of the word; it lies in SRAM
 * @param expected what it must hold
 */
public record Watch(long address, int expected) {}
