/*
 * The few parts of the Unicorn engine's C interface that the counter uses, declared from what its
 * documentation promises. Nothing is linked: the functions are looked up in the loaded library.
 */
#ifndef DEFRAGSIM_UNICORN_API_H
#define DEFRAGSIM_UNICORN_API_H

#include <stddef.h>
#include <stdint.h>

typedef struct uc_struct uc_engine;
typedef size_t uc_hook;

enum { UC_ERR_OK = 0, UC_HOOK_BLOCK = 8 };

/* Called before a block runs. `size` is in bytes; 0 if the engine does not know it. */
typedef void (*uc_block_callback)(uc_engine *uc, uint64_t address, uint32_t size, void *user);

/* Announces blocks that start from `begin` to `end`, both included. 0 or an error. */
typedef int (*uc_hook_add_function)(uc_engine *uc, uc_hook *hook, int type, void *callback,
                                    void *user, uint64_t begin, uint64_t end, ...);

/* Ends the run before the block announced. 0 or an error. */
typedef int (*uc_emu_stop_function)(uc_engine *uc);

#endif
