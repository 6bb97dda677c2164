//! A key that signs in microseconds, so that thousands of histories fit into a minute. Its signatures are genuine
//! `SHA256withRSA` under a modulus of 2048 bits and are checked by everybody as any other; only its primes are worthless:
//! each is one more than a divisor of the same small number, so that the private exponent has some forty bits; and the public one is 3.

use std::sync::LazyLock;

use rsa::pkcs8::{EncodePublicKey as _, LineEnding};
use rsa::{BigUint, RsaPublicKey};
use sha2::{Digest as _, Sha256};

use crate::gateway::{KeyHolder, PublicKey, SignerError};

const BITS: usize = 2048;
const EXPONENT: u64 = 3;
/// The factors of the number that all primes minus one divide.
const FACTORS: [(u64, u32); 10] =
    [(2, 6), (5, 2), (7, 1), (11, 1), (13, 1), (17, 1), (19, 1), (23, 1), (29, 1), (31, 1)];
/// What stands before a SHA-256 in a signature (RFC 8017, section 9.2).
const PREFIX: [u8; 19] = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

struct Toy {
    modulus: BigUint,
    private: BigUint,
    public_pem: String,
}

static TOY: LazyLock<Toy> = LazyLock::new(make);

/// Signs with the toy key.
pub(super) fn sign(body: &[u8]) -> Vec<u8> {
    let mut block = vec![0xff; BITS / 8];
    let digest = Sha256::digest(body);
    let tail = block.len() - digest.len() - PREFIX.len();
    (block[0], block[1], block[tail - 1]) = (0, 1, 0);
    block[tail..tail + PREFIX.len()].copy_from_slice(&PREFIX);
    block[tail + PREFIX.len()..].copy_from_slice(&digest);
    let signature = BigUint::from_bytes_be(&block).modpow(&TOY.private, &TOY.modulus).to_bytes_be();
    let mut padded = vec![0; BITS / 8 - signature.len()];
    padded.extend(signature);
    padded
}

/// The public half as PEM.
pub(super) fn public_pem() -> &'static str {
    &TOY.public_pem
}

/// The public half.
pub(super) fn public() -> PublicKey {
    PublicKey::parse(public_pem()).unwrap()
}

/// Whoever holds the toy key.
pub(super) struct Holder;

impl KeyHolder for Holder {
    fn name(&self) -> String {
        "the toy key".to_owned()
    }

    fn sign(&self, body: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(sign(body))
    }
}

fn make() -> Toy {
    let order: u64 = FACTORS.iter().map(|(prime, power)| prime.pow(*power)).product();
    let mut divisors = vec![1_u64];
    for (prime, power) in FACTORS {
        let before = divisors.clone();
        for step in 1..=power {
            divisors.extend(before.iter().map(|divisor| divisor * prime.pow(step)));
        }
    }
    divisors.sort_unstable_by(|a, b| b.cmp(a));
    let mut modulus = BigUint::from(1_u8);
    for prime in divisors.into_iter().map(|divisor| divisor + 1).filter(|&number| is_prime(number)) {
        let more = &modulus * BigUint::from(prime);
        if more.bits() <= BITS {
            modulus = more;
        }
        if modulus.bits() == BITS {
            break;
        }
    }
    assert_eq!(modulus.bits(), BITS);
    let public_key = RsaPublicKey::new(modulus.clone(), BigUint::from(EXPONENT)).unwrap();
    Toy {
        modulus,
        private: BigUint::from(inverse(EXPONENT, order)),
        public_pem: public_key.to_public_key_pem(LineEnding::LF).unwrap(),
    }
}

/// The number whose product with another leaves 1 of a modulus.
fn inverse(of: u64, modulus: u64) -> u64 {
    let (mut a, mut b) = ((i128::from(modulus), 0_i128), (i128::from(of), 1_i128));
    while b.0 != 0 {
        let times = a.0 / b.0;
        (a, b) = (b, (a.0 - times * b.0, a.1 - times * b.1));
    }
    u64::try_from(a.1.rem_euclid(i128::from(modulus))).unwrap()
}

/// Miller and Rabin, with bases that leave no doubt below 3 * 10^14.
fn is_prime(number: u64) -> bool {
    const BASES: [u64; 7] = [2, 3, 5, 7, 11, 13, 17];
    if number < 3 || number.is_multiple_of(2) || BASES.contains(&number) {
        return BASES.contains(&number);
    }
    let twos = (number - 1).trailing_zeros();
    BASES.iter().all(|&base| {
        let mut x = power(base, (number - 1) >> twos, number);
        if x == 1 || x == number - 1 {
            return true;
        }
        (1..twos).any(|_| {
            x = times(x, x, number);
            x == number - 1
        })
    })
}

fn times(a: u64, b: u64, modulus: u64) -> u64 {
    u64::try_from(u128::from(a) * u128::from(b) % u128::from(modulus)).unwrap()
}

fn power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let (mut result, mut base) = (1, base % modulus);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base, modulus);
        }
        base = times(base, base, modulus);
        exponent >>= 1;
    }
    result
}

#[test]
fn the_toy_key_signs_what_everybody_believes() {
    use base64::Engine as _;
    let signature = base64::engine::general_purpose::STANDARD.encode(sign(b"body"));
    assert!(public().verify(b"body", &signature));
    assert!(!public().verify(b"bodY", &signature));
}
