/*
 * What board/output_usart.c does to an STM32F030: memory stands for the registers, and behaves like them as far as the program
 * asks. Numbers of bits are written out here as RM0360 has them, not taken from stm32f030.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *registers(uint32_t address);

#define STM32F030_AT(type, address) ((struct type *)registers(address))
#include "output_usart.c"

#define EXPECT(condition)                                                                                     \
  do {                                                                                                        \
    if (!(condition)) {                                                                                       \
      fprintf(stderr, "FAILED: nucleo %d, %d MHz\n  %s:%d: %s\n", BOARD_NUCLEO, BOARD_MHZ, __FILE__, __LINE__, \
              #condition);                                                                                    \
      exit(1);                                                                                                \
    }                                                                                                         \
  } while (0)

static struct flash_interface flash = {1U << 4 | 1U << 5};
static struct rcc clocks = {.cr = 0x83};
static struct gpio port_a = {.moder = 0x28000000}; /* the debugger's pins, PA13 and PA14, as after reset */
static struct usart serial_1, serial_2;
static char sent[64];
static uint32_t sent_count;
static jmp_buf blinked;
static uint32_t accesses_to_end; /* to port A, until output_end() has been seen enough; 0: not counted */

/* Each access to a register comes through here first: what the last write did is done now. */
static void *registers(uint32_t address) {
  if (clocks.cr & 1U << 24) {
    EXPECT((flash.acr & 7U) == 1U && (clocks.cfgr >> 18 & 15U) == 10U); /* 4 MHz times 12, not before flash is slow enough */
    clocks.cr |= 1U << 25;
  }
  clocks.cfgr = (clocks.cfgr & ~12U) | (clocks.cfgr & 3U) << 2;
  struct usart *serial = BOARD_NUCLEO ? &serial_2 : &serial_1;
  if (serial->tdr) {
    EXPECT(serial->cr1 == 9U && sent_count + 1U < sizeof sent); /* on, transmitting */
    sent[sent_count++] = (char)serial->tdr;
    serial->tdr = 0;
  }
  serial->isr = 1U << 6 | 1U << 7;
  switch (address) {
    case 0x40022000:
      return &flash;
    case 0x40021000:
      return &clocks;
    case 0x48000000:
      if (accesses_to_end && --accesses_to_end == 0) {
        longjmp(blinked, 1);
      }
      return &port_a;
    case 0x40013800:
      EXPECT(!BOARD_NUCLEO && (clocks.apb2enr >> 14 & 1U));
      return &serial_1;
    case 0x40004400:
      EXPECT(BOARD_NUCLEO && (clocks.apb1enr >> 17 & 1U));
      return &serial_2;
    default:
      EXPECT(address == 0);
      return NULL;
  }
}

int main(void) {
  EXPECT(output_start() == (BOARD_MHZ == 48 ? 1U : 0U));
  EXPECT((clocks.cfgr & 3U) == (BOARD_MHZ == 48 ? 2U : 0U));
  EXPECT(clocks.ahbenr >> 17 & 1U);
  const struct usart *serial = BOARD_NUCLEO ? &serial_2 : &serial_1;
  double baud = BOARD_MHZ * 1e6 / (double)serial->brr;
  EXPECT(baud > 38400 * 0.995 && baud < 38400 * 1.005);
  if (BOARD_NUCLEO) {
    EXPECT(port_a.moder == (0x28000000 | 2U << 4 | 1U << 10)); /* PA2 alternate, PA5 output */
    EXPECT(port_a.afr[0] == 1U << 8 && port_a.afr[1] == 0);
  } else {
    EXPECT(port_a.moder == (0x28000000 | 2U << 18 | 1U << 8)); /* PA9 alternate, PA4 output */
    EXPECT(port_a.afr[1] == 1U << 4 && port_a.afr[0] == 0);
  }
  output_text("18 of 18\n");
  (void)registers(0x40021000);
  EXPECT(strcmp(sent, "18 of 18\r\n") == 0);
  accesses_to_end = 4;
  if (setjmp(blinked) == 0) {
    output_end(0);
  }
  EXPECT(port_a.odr == (BOARD_NUCLEO ? 1U << 5 : 1U << 4)); /* three times the other way */
  printf("ok: nucleo %d, %d MHz\n", BOARD_NUCLEO, BOARD_MHZ);
  return 0;
}
