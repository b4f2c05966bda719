/*
 * Counts the cycles of blocks next to the engine. It does what the Java class BlockCounter does for
 * a block whose cost is known, on the same numbers; everything else it hands to that class. It knows
 * no instruction.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <jni.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "unicorn_api.h"

/* Raised whenever struct run, a cost entry or a function here changes its meaning. */
#define LAYOUT 2

#if defined(__x86_64__) && defined(__GLIBC__)
/* The oldest versions of these symbols, so that the library loads on older systems too. */
__asm__(".symver dlopen, dlopen@GLIBC_2.2.5");
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
__asm__(".symver dlclose, dlclose@GLIBC_2.2.5");
#endif

/* The state of a run. It is a direct buffer of Java's; the class RunState has the same layout. */
struct run {
  int64_t budget;
  int64_t cycles;
  int64_t at_last_block;
  int64_t at_block_before_last;
  uint32_t pending_cost;
  uint32_t pending_extra;
  uint32_t pending_end;
  uint32_t by_flags; /* not 0: only the flags tell whether the pending branch was taken */
  uint32_t broken;   /* not 0: the call into Java went wrong */
  uint32_t pending_odd;
};

_Static_assert(offsetof(struct run, budget) == 0, "as in RunState");
_Static_assert(offsetof(struct run, cycles) == 8, "as in RunState");
_Static_assert(offsetof(struct run, at_last_block) == 16, "as in RunState");
_Static_assert(offsetof(struct run, at_block_before_last) == 24, "as in RunState");
_Static_assert(offsetof(struct run, pending_cost) == 32, "as in RunState");
_Static_assert(offsetof(struct run, pending_extra) == 36, "as in RunState");
_Static_assert(offsetof(struct run, pending_end) == 40, "as in RunState");
_Static_assert(offsetof(struct run, by_flags) == 44, "as in RunState");
_Static_assert(offsetof(struct run, broken) == 48, "as in RunState");
_Static_assert(offsetof(struct run, pending_odd) == 52, "as in RunState");
_Static_assert(sizeof(struct run) == 56, "as in RunState");

/* A cost entry, one for each halfword of flash; 0 if the block there has not been met. */
static uint32_t entry_bytes(uint64_t entry) { return (uint32_t)(entry >> 40); }
static uint32_t entry_odd(uint64_t entry) { return (uint32_t)(entry >> 32) & 0xFF; }
static uint32_t entry_extra(uint64_t entry) { return (uint32_t)entry >> 24; }
static uint32_t entry_cycles(uint64_t entry) { return (uint32_t)entry & 0xFFFFFF; }

struct counter {
  struct run *run;
  const uint64_t *costs;
  uint32_t flash_bytes;
  uint32_t flash_alias; /* the second address of flash; the first is 0 */
  uc_hook_add_function hook_add;
  uc_emu_stop_function emu_stop;
  JavaVM *vm;
  jobject java; /* the NativeBlockCounter */
  jmethodID block;
  jfieldID eng; /* of unicorn.Unicorn */
};

static void in_java(struct counter *counter, uc_engine *uc, uint32_t address, uint32_t size) {
  JNIEnv *env = NULL;
  if ((*counter->vm)->GetEnv(counter->vm, (void **)&env, JNI_VERSION_1_6) == JNI_OK &&
      !(*env)->ExceptionCheck(env)) {
    (*env)->CallVoidMethod(env, counter->java, counter->block, (jint)address, (jint)size);
    if (!(*env)->ExceptionCheck(env)) {
      return;
    }
    (*env)->ExceptionClear(env);
  }
  counter->run->broken = 1;
  counter->emu_stop(uc);
}

static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *user) {
  struct counter *counter = user;
  struct run *run = counter->run;
  uint32_t at = (uint32_t)address;
  uint32_t offset = at < counter->flash_bytes ? at : at - counter->flash_alias;
  if (offset < counter->flash_bytes && !run->by_flags) {
    uint64_t entry = counter->costs[offset >> 1];
    int64_t now = run->cycles + run->pending_cost;
    if (at != run->pending_end) {
      now += run->pending_extra;
    }
    if (at & 2) {
      now += run->pending_odd;
    }
    if (now < run->budget && entry_bytes(entry) == size && size != 0) {
      run->cycles = now;
      run->at_block_before_last = run->at_last_block;
      run->at_last_block = now;
      run->pending_cost = entry_cycles(entry);
      run->pending_extra = entry_extra(entry);
      run->pending_odd = entry_odd(entry);
      run->pending_end = at + size;
      return;
    }
  }
  in_java(counter, uc, at, size);
}

struct search {
  const char *name;
  unsigned found;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  struct search *search = data;
  if (info->dlpi_name != NULL && strstr(info->dlpi_name, "unicorn_java") != NULL) {
    search->found++;
    free((void *)search->name);
    search->name = strdup(info->dlpi_name);
  }
  return 0;
}

/* Finds the engine's functions in the library that Java has loaded. False if that is not clear. */
static int find_engine(struct counter *counter) {
  struct search search = {NULL, 0};
  dl_iterate_phdr(look_at, &search);
  void *library = NULL;
  if (search.found == 1 && search.name != NULL) {
    library = dlopen(search.name, RTLD_NOLOAD | RTLD_LAZY);
  }
  free((void *)search.name);
  if (library == NULL) {
    return 0;
  }
  counter->hook_add = (uc_hook_add_function)(uintptr_t)dlsym(library, "uc_hook_add");
  counter->emu_stop = (uc_emu_stop_function)(uintptr_t)dlsym(library, "uc_emu_stop");
  dlclose(library); /* Java keeps it loaded: the caller holds an engine */
  return counter->hook_add != NULL && counter->emu_stop != NULL;
}

static void release(JNIEnv *env, struct counter *counter) {
  if (counter->java != NULL) {
    (*env)->DeleteGlobalRef(env, counter->java);
  }
  free(counter);
}

JNIEXPORT jint JNICALL Java_io_defragsim_emulator_engine_unicorn_NativeHook_layout(JNIEnv *env,
                                                                           jclass type) {
  (void)env;
  (void)type;
  return LAYOUT;
}

/* A counter, or 0 if it cannot be had. Leaves no exception behind. */
JNIEXPORT jlong JNICALL Java_io_defragsim_emulator_engine_unicorn_NativeHook_open(
    JNIEnv *env, jclass type, jobject java, jclass unicorn, jobject run, jobject costs,
    jint flash_bytes, jint flash_alias) {
  (void)type;
  struct counter *counter = calloc(1, sizeof *counter);
  if (counter == NULL) {
    return 0;
  }
  counter->run = (*env)->GetDirectBufferAddress(env, run);
  counter->costs = (*env)->GetDirectBufferAddress(env, costs);
  counter->flash_bytes = (uint32_t)flash_bytes;
  counter->flash_alias = (uint32_t)flash_alias;
  if (counter->run != NULL && counter->costs != NULL &&
      (*env)->GetDirectBufferCapacity(env, run) >= (jlong)sizeof(struct run) &&
      (*env)->GetDirectBufferCapacity(env, costs) >= (jlong)flash_bytes / 2 &&
      (*env)->GetJavaVM(env, &counter->vm) == JNI_OK && find_engine(counter)) {
    counter->eng = (*env)->GetFieldID(env, unicorn, "eng", "J");
    if (counter->eng != NULL) {
      counter->block = (*env)->GetMethodID(env, (*env)->GetObjectClass(env, java), "block", "(II)V");
    }
    if (counter->block != NULL) {
      counter->java = (*env)->NewGlobalRef(env, java);
    }
  }
  if ((*env)->ExceptionCheck(env)) {
    (*env)->ExceptionClear(env);
  }
  if (counter->java == NULL) {
    release(env, counter);
    return 0;
  }
  return (jlong)(uintptr_t)counter;
}

/* Counts the blocks of an engine that start from `begin` to `end`. False if it cannot. */
JNIEXPORT jboolean JNICALL Java_io_defragsim_emulator_engine_unicorn_NativeHook_add(
    JNIEnv *env, jclass type, jlong handle, jobject unicorn, jlong begin, jlong end) {
  (void)type;
  struct counter *counter = (struct counter *)(uintptr_t)handle;
  uc_engine *uc = (uc_engine *)(uintptr_t)(*env)->GetLongField(env, unicorn, counter->eng);
  uc_hook hook = 0;
  if (uc == NULL || (*env)->ExceptionCheck(env)) {
    return JNI_FALSE;
  }
  return counter->hook_add(uc, &hook, UC_HOOK_BLOCK, (void *)(uintptr_t)on_block, counter,
                           (uint64_t)begin, (uint64_t)end) == UC_ERR_OK
             ? JNI_TRUE
             : JNI_FALSE;
}

/* Only after the engines it was added to are closed. */
JNIEXPORT void JNICALL Java_io_defragsim_emulator_engine_unicorn_NativeHook_close(JNIEnv *env, jclass type,
                                                                          jlong handle) {
  (void)type;
  release(env, (struct counter *)(uintptr_t)handle);
}
