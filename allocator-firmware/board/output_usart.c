/*
 * The board program's text on a serial line, 38400 baud, 8 bits, no parity; and its end on a LED, for who has no serial adapter:
 * slow blinking, once a second, if all figures were as expected; else fast.
 *
 * SPDX-License-Identifier: MIT
 *
 *   BOARD_NUCLEO   0: STM32F030F4P6 "demo board": USART1, TX at PA9; LED at PA4
 *                  1: Nucleo-F030R8: USART2, TX at PA2, which its debugger shows as a virtual COM port; LED at PA5
 *   BOARD_MHZ      8: the HSI oscillator as it is after reset, no flash wait state
 *                  48: by the PLL, one wait state
 */
#include "output.h"
#include "stm32f030.h"

#ifndef BOARD_NUCLEO
#define BOARD_NUCLEO 0
#endif
#ifndef BOARD_MHZ
#define BOARD_MHZ 8
#endif
_Static_assert(BOARD_MHZ == 8 || BOARD_MHZ == 48, "8 or 48 MHz");

/* The bus clock over the baud rate. At 8 MHz that is 208.3: 0.2 % off, and HSI is within 1 % at room temperature. */
#define DIVIDER ((BOARD_MHZ * 1000000U + 19200U) / 38400U)

#if BOARD_NUCLEO
#define SERIAL USART2
#define TX_PIN 2U
#define LED_PIN 5U
#else
#define SERIAL USART1
#define TX_PIN 9U
#define LED_PIN 4U
#endif
#define TX_FUNCTION 1U /* the data sheet's table of alternate functions: AF1 for both */

static void set_mode(uint32_t pin, uint32_t mode) {
  PORT_A->moder = (PORT_A->moder & ~(3U << 2U * pin)) | mode << 2U * pin;
}

uint32_t output_start(void) {
#if BOARD_MHZ == 48
  FLASH_INTERFACE->acr = FLASH_ACR_PREFETCH | FLASH_ACR_LATENCY_1; /* before the clock rises */
  RCC->cfgr = RCC_CFGR_PLL_12;
  RCC->cr |= RCC_CR_PLL_ON;
  while (!(RCC->cr & RCC_CR_PLL_READY)) {
  }
  RCC->cfgr = RCC_CFGR_PLL_12 | RCC_CFGR_SW_PLL;
  while ((RCC->cfgr & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
  }
#endif
  RCC->ahbenr |= RCC_AHBENR_PORT_A;
#if BOARD_NUCLEO
  RCC->apb1enr |= RCC_APB1ENR_USART2;
#else
  RCC->apb2enr |= RCC_APB2ENR_USART1;
#endif
  PORT_A->afr[TX_PIN / 8U] |= TX_FUNCTION << 4U * (TX_PIN % 8U);
  set_mode(TX_PIN, GPIO_ALTERNATE);
  set_mode(LED_PIN, GPIO_OUTPUT);
  SERIAL->brr = DIVIDER;
  SERIAL->cr1 = USART_CR1_TRANSMIT | USART_CR1_ON;
  return BOARD_MHZ == 48 ? 1U : 0U;
}

static void put(char character) {
  while (!(SERIAL->isr & USART_ISR_EMPTY)) {
  }
  SERIAL->tdr = (uint8_t)character;
}

void output_text(const char *text) {
  for (; *text; text++) {
    if (*text == '\n') {
      put('\r');
    }
    put(*text);
  }
}

_Noreturn void output_end(uint32_t status) {
  while (!(SERIAL->isr & USART_ISR_SENT)) {
  }
  for (;;) {
    PORT_A->odr ^= 1U << LED_PIN;
    for (uint32_t i = BOARD_MHZ * (status ? 8000U : 125000U); i > 0; i--) { /* 4 cycles each time: 1/32 or 1/2 second */
      __asm__ volatile("");
    }
  }
}
