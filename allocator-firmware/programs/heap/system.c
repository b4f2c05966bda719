/*
 * What stands below a program whose heap is recorded: table of vectors, reset handler, and the system calls of newlib.
 *
 * SPDX-License-Identifier: MIT
 *
 * The heap is what the program leaves of SRAM, but for the 1 KiB of the stack at the top.
 */
#include "system.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

extern uint32_t data_load[], data_start[], data_end[], __bss_start__[], __bss_end__[], stack_top[];
extern char end[], heap_end[];

int main(void);
void exit(int status) __attribute__((noreturn));
void __libc_init_array(void);
void reset_handler(void);

/* A program may have these; without the first a fault ends the run. */
__attribute__((weak)) void hard_fault_handler(void);
__attribute__((weak)) void pendsv_handler(void);
__attribute__((weak)) void systick_handler(void);

/* ---- From reset ---- */

__attribute__((noreturn)) void reset_handler(void) {
  const uint32_t *from = data_load;
  for (uint32_t *to = data_start; to != data_end; to++) {
    *to = *from++;
  }
  for (uint32_t *to = __bss_start__; to != __bss_end__; to++) {
    *to = 0;
  }
  __libc_init_array();
  exit(main());
}

/* What a linker gathers from object files of others; here are none. */
void _init(void);
void _fini(void);
void _init(void) {}
void _fini(void) {}

__attribute__((used, section(".vectors"))) static const struct {
  uint32_t *stack;
  void (*reset)(void);
  void (*nmi)(void);
  void (*hard_fault)(void);
  void (*others[10])(void);
  void (*pendsv)(void);
  void (*systick)(void);
} vectors = {stack_top, reset_handler, 0, hard_fault_handler, {0}, pendsv_handler, systick_handler};

/* ---- Semihosting ---- */

enum { SYS_WRITEC = 0x03, SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, STOPPED_BY_EXIT = 0x20026 };

static void call(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void system_print(const char *text) { call(SYS_WRITE0, text); }

void system_print_number(uint32_t number) {
  char digits[11];
  char *first = digits + sizeof digits - 1;
  *first = '\0';
  do {
    *--first = (char)('0' + number % 10u);
    number /= 10u;
  } while (number);
  system_print(first);
}

void system_exit(int status) {
  const uint32_t how[] = {STOPPED_BY_EXIT, (uint32_t)status};
  for (;;) {
    call(SYS_EXIT_EXTENDED, how);
  }
}

/* ---- The system calls of newlib ---- */

void *_sbrk(ptrdiff_t increment);
int _write(int file, const char *text, int bytes);
int _read(int file, char *text, int bytes);
int _fstat(int file, struct stat *status);
int _isatty(int file);
int _lseek(int file, int offset, int whence);
int _close(int file);
int _kill(int process, int signal);
int _getpid(void);
void _exit(int status) __attribute__((noreturn));

void *_sbrk(ptrdiff_t increment) {
  static char *claimed = end;
  char *before = claimed;
  if (increment > heap_end - before) {
    errno = ENOMEM;
    return (void *)-1;
  }
  claimed += increment;
  return before;
}

int _write(int file, const char *text, int bytes) {
  (void)file;
  for (int i = 0; i < bytes; i++) {
    call(SYS_WRITEC, &text[i]);
  }
  return bytes;
}

int _read(int file, char *text, int bytes) {
  (void)file;
  (void)text;
  (void)bytes;
  return 0;
}

int _fstat(int file, struct stat *status) {
  (void)file;
  status->st_mode = S_IFCHR;
  return 0;
}

int _isatty(int file) {
  (void)file;
  return 1;
}

int _lseek(int file, int offset, int whence) {
  (void)file;
  (void)offset;
  (void)whence;
  return 0;
}

int _close(int file) {
  (void)file;
  return -1;
}

int _kill(int process, int signal) {
  (void)process;
  (void)signal;
  return -1;
}

int _getpid(void) { return 1; }

void _exit(int status) { system_exit(status); }
