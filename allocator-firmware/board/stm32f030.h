/*
 * The few registers of an STM32F030 that the board program needs, by the reference manual RM0360 (STM32F030x4/x6/x8/xC and
 * STM32F070x6/xB). Base addresses: section 2.2, memory map. Own definitions: no vendor file is needed.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32F030_H
#define STM32F030_H

#include <stdint.h>

/* A test of the program on a computer puts memory in their place. */
#ifndef STM32F030_AT
#define STM32F030_AT(type, address) ((struct type *)(address))
#endif

/* Chapter 3, embedded flash memory: FLASH_ACR. */
struct flash_interface {
  volatile uint32_t acr;
};
#define FLASH_INTERFACE STM32F030_AT(flash_interface, 0x40022000)
#define FLASH_ACR_LATENCY_1 (1U << 0) /* one wait state: for 24 to 48 MHz */
#define FLASH_ACR_PREFETCH (1U << 4)  /* PRFTBE; set after reset */

/* Chapter 7, reset and clock control: RCC_CR to RCC_APB1ENR. After reset the core runs from the HSI oscillator, 8 MHz. */
struct rcc {
  volatile uint32_t cr, cfgr, cir, apb2rstr, apb1rstr, ahbenr, apb2enr, apb1enr;
};
#define RCC STM32F030_AT(rcc, 0x40021000)
#define RCC_CR_PLL_ON (1U << 24)
#define RCC_CR_PLL_READY (1U << 25)
#define RCC_CFGR_SW_PLL (2U << 0)
#define RCC_CFGR_SWS (3U << 2)
#define RCC_CFGR_SWS_PLL (2U << 2)
#define RCC_CFGR_PLL_12 (10U << 18) /* PLLMUL: times 12; PLLSRC 0: from HSI / 2 = 4 MHz */
#define RCC_AHBENR_PORT_A (1U << 17)
#define RCC_APB2ENR_USART1 (1U << 14)
#define RCC_APB1ENR_USART2 (1U << 17)

/* Chapter 8, general-purpose I/Os: GPIOx_MODER to GPIOx_AFRH. */
struct gpio {
  volatile uint32_t moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr, afr[2], brr;
};
#define PORT_A STM32F030_AT(gpio, 0x48000000)
#define GPIO_OUTPUT 1U /* in 2 bits of MODER */
#define GPIO_ALTERNATE 2U

/* Chapter 23, USART: USART_CR1 to USART_TDR. */
struct usart {
  volatile uint32_t cr1, cr2, cr3, brr, gtpr, rtor, rqr, isr, icr, rdr, tdr;
};
#define USART1 STM32F030_AT(usart, 0x40013800)
#define USART2 STM32F030_AT(usart, 0x40004400)
#define USART_CR1_ON (1U << 0)       /* UE */
#define USART_CR1_TRANSMIT (1U << 3) /* TE */
#define USART_ISR_SENT (1U << 6)     /* TC */
#define USART_ISR_EMPTY (1U << 7)    /* TXE */

#endif
