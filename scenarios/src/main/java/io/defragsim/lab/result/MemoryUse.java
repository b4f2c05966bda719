package io.defragsim.lab.result;

/**
 * The memory that the image and the run took, in bytes.
 *
 * @param flash of the image: code and constants
 * @param data the image's own SRAM at the bottom
 * @param pool handle table included
 * @param table bytes of the pool that are not free before the first allocation: the handle table
 *     and the allocator's first headers
 * @param unused what is left of the part's SRAM
 * @param stackReserve at the top
 * @param deepestStack the most of the reserve that was used
 * @param sram all of the part's
 */
public record MemoryUse(
    int flash,
    int data,
    int pool,
    int table,
    int unused,
    int stackReserve,
    int deepestStack,
    int sram) {}
