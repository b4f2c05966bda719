package io.defragsim.lab.injection;

/**
 * How a call ends without an interrupt.
 *
 * @param result what it answers
 * @param rawMemory the memory as the call leaves it
 * @param after the heap as the program leaves it, which fills a new block
 * @param freeBytes what image_free_bytes answers then
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Reference(int result, byte[] rawMemory, Heap after, int freeBytes) {}
