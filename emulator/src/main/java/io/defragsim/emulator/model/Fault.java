package io.defragsim.emulator.model;

import org.jspecify.annotations.Nullable;

/**
 * Why the core could not go on, exact to the instruction.
 *
 * @param kind what happened
 * @param at the instruction that did it
 * @param detail one sentence for people, without the location
 * @param accessAddress the data or fetch address at fault, null where there is none
 * @param registers the registers before the faulting instruction
 */
public record Fault(
    Kind kind, Location at, String detail, @Nullable Long accessAddress, Registers registers) {

  /** The kinds of fault. */
  public enum Kind {
    /** An encoding that ARMv6-M leaves undefined, UDF included. */
    UNDEFINED_INSTRUCTION,
    /** An encoding, or an exception return, that ARMv6-M calls unpredictable. */
    UNPREDICTABLE_ENCODING,
    /** A load or store outside the memory map. */
    UNMAPPED_ACCESS,
    /** A halfword or word access to an address that is no multiple of its size. */
    UNALIGNED_ACCESS,
    /** A store to flash. */
    WRITE_PROTECTED,
    /** A fetch outside the memory map. */
    UNMAPPED_FETCH,
    /** A branch to an even address: the Thumb bit was clear. */
    NOT_THUMB,
    /** SVC, or another exception for which no handler is modelled. */
    UNHANDLED_EXCEPTION,
    /** A BKPT in the middle of a call. */
    UNEXPECTED_BREAKPOINT,
    /** WFI or WFE with nothing that could wake the core. */
    SLEEP_FOREVER,
    /** The word at the bottom of the stack reserve changed. */
    STACK_OVERFLOW,
    /** R4 to R11, SP, PRIMASK or CONTROL differ on return. */
    CALLING_CONVENTION
  }
}
