//! Bodies that grow a thousandfold for who decodes them.

/// Zeros, a thousand times as many as it has bytes itself: one literal, then copies of the byte before.
pub(super) fn gzip_bomb() -> Vec<u8> {
    let mut bits = Bits(Vec::new(), 0);
    bits.push(0b1, 1); // the last block
    bits.push(0b01, 2); // with fixed codes
    bits.push_code(0b0011_0000, 8); // the byte zero
    for _ in 0..1_000_000 {
        bits.push_code(0b1100_0101, 8); // 258 bytes
        bits.push_code(0, 5); // from one before
    }
    bits.push_code(0, 7); // the end
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &bits.0].concat()
}

/// Bits into bytes, the lowest first, as deflate has them.
struct Bits(Vec<u8>, u32);

impl Bits {
    fn push(&mut self, value: u32, n_bits: u32) {
        for bit in 0..n_bits {
            if self.1 == 0 {
                self.0.push(0);
            }
            if value >> bit & 1 == 1
                && let Some(last) = self.0.last_mut()
            {
                *last |= 1 << self.1;
            }
            self.1 = (self.1 + 1) % 8;
        }
    }

    /// Codes go in from their highest bit.
    fn push_code(&mut self, code: u32, n_bits: u32) {
        self.push(code.reverse_bits() >> (32 - n_bits), n_bits);
    }
}

/// A quarter of a gigabyte of zeros, as brotli has them.
pub(super) fn brotli_bomb() -> Vec<u8> {
    BROTLI
        .split_whitespace()
        .flat_map(str::as_bytes)
        .collect::<Vec<_>>()
        .chunks(2)
        .map(|hex| {
            let digit = |at: usize| char::from(*hex[at]).to_digit(16).unwrap();
            u8::try_from(digit(0) * 16 + digit(1)).unwrap()
        })
        .collect()
}

const BROTLI: &str = "
    cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcff
    ff837f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bffc7ffff3ff8
    2700e2b00040f7fe8fffff7ff04f00c4610180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f0220
    0e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bffc7ffff3ff82700e2b000
    40f7fe8fffff7ff04f00c4610180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074ef
    fff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bffc7ffff3ff82700e2b00040f7fe8fff
    ff7ff04f00c4610180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff837f02200e0b0074effff8ffff07
    ff04401c1600e8defff1ffff0ffe0980382c00d0bdffcbffff3ffc1300715800a07bff07
";
