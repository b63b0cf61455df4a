//! Overwriting memory so that neither the optimiser nor a forgotten handle can keep it.

use std::arch::asm;

/// Zeroes `len` bytes at `start`, in a way that the optimiser may not remove.
///
/// A bulk fill, then an empty assembly block that may read the memory: the fill is not dead.
///
/// # Safety
/// The range must be valid for writes, and nothing may rely on its content any more.
pub(crate) unsafe fn wipe(start: *mut u8, len: usize) {
    // SAFETY: the caller vouches for the range.
    unsafe { start.write_bytes(0, len) };
    // SAFETY: the block has no instruction; without `nomem` the compiler must assume that it reads the range.
    unsafe { asm!("/* {0} {1} */", in(reg) start, in(reg) len, options(nostack, preserves_flags)) };
}

/// Zeroes the registers that a frame's arithmetic and copies went through.
///
/// The system saves a thread's registers when it waits, a core dump writes them, and a signal handler
/// spills them on the stack. A callee need not preserve these, so their last values are dead by now: often
/// pixels that `memcpy` moved, or a landmark.
#[inline(never)]
pub(crate) fn clear_registers() {
    #[cfg(target_arch = "x86_64")]
    clear_x86_64();
    #[cfg(target_arch = "aarch64")]
    clear_aarch64();
}

#[cfg(target_arch = "x86_64")]
fn clear_x86_64() {
    if std::arch::is_x86_feature_detected!("avx512f") {
        // SAFETY: clears registers 16 to 31 and the masks, present by the test above; clobber_abi lists them as overwritten.
        unsafe {
            asm!(
                "vpxord zmm16, zmm16, zmm16",
                "vpxord zmm17, zmm17, zmm17",
                "vpxord zmm18, zmm18, zmm18",
                "vpxord zmm19, zmm19, zmm19",
                "vpxord zmm20, zmm20, zmm20",
                "vpxord zmm21, zmm21, zmm21",
                "vpxord zmm22, zmm22, zmm22",
                "vpxord zmm23, zmm23, zmm23",
                "vpxord zmm24, zmm24, zmm24",
                "vpxord zmm25, zmm25, zmm25",
                "vpxord zmm26, zmm26, zmm26",
                "vpxord zmm27, zmm27, zmm27",
                "vpxord zmm28, zmm28, zmm28",
                "vpxord zmm29, zmm29, zmm29",
                "vpxord zmm30, zmm30, zmm30",
                "vpxord zmm31, zmm31, zmm31",
                "kxorw k0, k0, k0",
                "kxorw k1, k1, k1",
                "kxorw k2, k2, k2",
                "kxorw k3, k3, k3",
                "kxorw k4, k4, k4",
                "kxorw k5, k5, k5",
                "kxorw k6, k6, k6",
                "kxorw k7, k7, k7",
                clobber_abi("sysv64"),
                options(nomem, nostack),
            );
        }
    }
    if std::arch::is_x86_feature_detected!("avx") {
        // SAFETY: vzeroall clears registers 0 to 15 in full; present by the test above.
        unsafe { asm!("vzeroall", clobber_abi("sysv64"), options(nomem, nostack)) };
    } else {
        // SAFETY: every x86-64 has these sixteen.
        unsafe {
            asm!(
                "xorps xmm0, xmm0",
                "xorps xmm1, xmm1",
                "xorps xmm2, xmm2",
                "xorps xmm3, xmm3",
                "xorps xmm4, xmm4",
                "xorps xmm5, xmm5",
                "xorps xmm6, xmm6",
                "xorps xmm7, xmm7",
                "xorps xmm8, xmm8",
                "xorps xmm9, xmm9",
                "xorps xmm10, xmm10",
                "xorps xmm11, xmm11",
                "xorps xmm12, xmm12",
                "xorps xmm13, xmm13",
                "xorps xmm14, xmm14",
                "xorps xmm15, xmm15",
                clobber_abi("sysv64"),
                options(nomem, nostack),
            );
        }
    }
    // SAFETY: the general registers that a callee may overwrite; clobber_abi says that they are.
    unsafe {
        asm!(
            "xor eax, eax",
            "xor ecx, ecx",
            "xor edx, edx",
            "xor esi, esi",
            "xor edi, edi",
            "xor r8d, r8d",
            "xor r9d, r9d",
            "xor r10d, r10d",
            "xor r11d, r11d",
            clobber_abi("sysv64"),
            options(nomem, nostack),
        );
    }
}

#[cfg(target_arch = "aarch64")]
fn clear_aarch64() {
    // SAFETY: every aarch64 has these. clobber_abi lists them all, so this function saves and restores the low
    // halves of v8 to v15, which a callee preserves; the high halves are the callee's, and a copy may have gone
    // through them. x0 to x15 are the general registers that a callee may overwrite.
    unsafe {
        asm!(
            "movi v0.2d, #0",
            "movi v1.2d, #0",
            "movi v2.2d, #0",
            "movi v3.2d, #0",
            "movi v4.2d, #0",
            "movi v5.2d, #0",
            "movi v6.2d, #0",
            "movi v7.2d, #0",
            "movi v8.2d, #0",
            "movi v9.2d, #0",
            "movi v10.2d, #0",
            "movi v11.2d, #0",
            "movi v12.2d, #0",
            "movi v13.2d, #0",
            "movi v14.2d, #0",
            "movi v15.2d, #0",
            "movi v16.2d, #0",
            "movi v17.2d, #0",
            "movi v18.2d, #0",
            "movi v19.2d, #0",
            "movi v20.2d, #0",
            "movi v21.2d, #0",
            "movi v22.2d, #0",
            "movi v23.2d, #0",
            "movi v24.2d, #0",
            "movi v25.2d, #0",
            "movi v26.2d, #0",
            "movi v27.2d, #0",
            "movi v28.2d, #0",
            "movi v29.2d, #0",
            "movi v30.2d, #0",
            "movi v31.2d, #0",
            "mov x0, #0",
            "mov x1, #0",
            "mov x2, #0",
            "mov x3, #0",
            "mov x4, #0",
            "mov x5, #0",
            "mov x6, #0",
            "mov x7, #0",
            "mov x8, #0",
            "mov x9, #0",
            "mov x10, #0",
            "mov x11, #0",
            "mov x12, #0",
            "mov x13, #0",
            "mov x14, #0",
            "mov x15, #0",
            clobber_abi("C"),
            options(nomem, nostack),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wipes_the_range_and_nothing_beside_it() {
        for (at, len) in [(0, 64), (1, 0), (1, 1), (3, 17), (63, 1)] {
            let mut bytes = [0xA5u8; 64];
            let range = &mut bytes[at..at + len];
            // SAFETY: a range of `bytes`.
            unsafe { wipe(range.as_mut_ptr(), range.len()) };
            for (i, b) in bytes.into_iter().enumerate() {
                let inside = (at..at + len).contains(&i);
                assert_eq!(b, if inside { 0 } else { 0xA5 }, "byte {i} of {at}+{len}");
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn clears_a_vector_register() {
        let mut after: u64 = 0x0123_4567_89AB_CDEF;
        // SAFETY: moves a number into xmm3 and reads it back after a call, whose clobbers are declared.
        unsafe {
            asm!("movq xmm3, rax", "call {clear}", "movq rax, xmm3",
                 clear = sym clear_sysv, inout("rax") after, clobber_abi("sysv64"));
        }
        assert_eq!(after, 0);
        let mut kept: u64 = 0x0123_4567_89AB_CDEF;
        // SAFETY: the same without the call: the control.
        unsafe { asm!("movq xmm3, rax", "xor eax, eax", "movq rax, xmm3", inout("rax") kept, out("xmm3") _) };
        assert_ne!(kept, 0, "control: the register holds what was put there");
    }

    /// Those that only AVX-512 reaches. On a processor without it there are none.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn clears_the_upper_vector_registers() {
        extern "sysv64" fn nothing() {}

        #[target_feature(enable = "avx512f")]
        fn through_upper(between: extern "sysv64" fn()) -> u64 {
            let mut number: u64 = 0x0123_4567_89AB_CDEF;
            // SAFETY: moves a number into zmm20 and reads its highest part back after a call, whose clobbers are declared.
            unsafe {
                asm!("vpbroadcastq zmm20, rax", "call {between}",
                     "valignq zmm20, zmm20, zmm20, 7", "vmovq rax, xmm20",
                     between = in(reg) between, inout("rax") number, clobber_abi("sysv64"));
            }
            number
        }

        if std::arch::is_x86_feature_detected!("avx512f") {
            // SAFETY: present by the test above.
            let cleared = unsafe { through_upper(clear_sysv) };
            // SAFETY: as before.
            let kept = unsafe { through_upper(nothing) };
            assert_eq!(cleared, 0);
            assert_ne!(kept, 0, "control: the register holds what was put there");
        }
    }

    #[cfg(target_arch = "x86_64")]
    extern "sysv64" fn clear_sysv() {
        clear_registers();
    }

    /// Puts a number into both halves of v8 and of v3, runs `between`, and returns v8's halves and v3's low one.
    #[cfg(target_arch = "aarch64")]
    fn through_registers(between: extern "C" fn()) -> [u64; 3] {
        let number: u64 = 0x0123_4567_89AB_CDEF;
        let (low, high, scratch): (u64, u64, u64);
        // SAFETY: moves a number into two registers and reads them back after a call, whose clobbers are declared.
        unsafe {
            asm!("dup v8.2d, x9", "dup v3.2d, x9", "blr x10",
                 "umov x9, v8.d[0]", "umov x10, v8.d[1]", "umov x11, v3.d[0]",
                 inout("x9") number => low, inout("x10") between => high, out("x11") scratch,
                 out("v8") _, clobber_abi("C"));
        }
        [low, high, scratch]
    }

    #[cfg(target_arch = "aarch64")]
    #[test]
    fn clears_vector_registers_but_for_the_halves_that_a_callee_preserves() {
        extern "C" fn clear() {
            clear_registers();
        }
        extern "C" fn nothing() {}
        let number = 0x0123_4567_89AB_CDEF;
        assert_eq!(through_registers(clear), [number, 0, 0]);
        assert_eq!(
            through_registers(nothing),
            [number; 3],
            "control: the registers hold what was put there"
        );
    }
}
