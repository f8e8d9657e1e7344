//! argon2id, in memory that the caller keeps, and the form of a stored hash:
//! <https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md>.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id>:
/// 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
pub(super) const SALT_BYTES: usize = 16;

/// What hashing works in. It grows to what it needs, and is not read before it
/// is written.
pub(super) type Memory = Vec<Block>;

/// What a password turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    /// Right, and its hash is weaker than what is made today.
    RightButOld,
    Wrong,
}

/// Of what is made today.
pub(crate) fn params() -> Params {
    Params::new(MEMORY_KIB, PASSES, LANES, None).expect("they are within range")
}

pub(super) fn hash(
    params: Params,
    password: &[u8],
    salt: [u8; SALT_BYTES],
    memory: &mut Memory,
) -> String {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let salt = Salt::new(&salt).expect("it is as long as salts are");
    let written = ParamsString::try_from(&params).expect("they are numbers");
    let hash = output(&params.into(), password, &salt, length, memory);
    PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: written,
        salt: Some(salt),
        hash: Some(hash.expect("salt and parameters are within range")),
    }
    .to_string()
}

pub(super) fn verify(password: &[u8], stored: &str, memory: &mut Memory) -> Verdict {
    let Some((argon2, salt, expected)) = parse(stored) else {
        tracing::error!("a stored password has no form that is known");
        return Verdict::Wrong;
    };
    // Outputs are compared in constant time.
    match output(&argon2, password, &salt, expected.len(), memory) {
        Ok(output) if output == expected && is_as_strong(argon2.params()) => Verdict::Right,
        Ok(output) if output == expected => Verdict::RightButOld,
        _ => Verdict::Wrong,
    }
}

fn parse(stored: &str) -> Option<(Argon2<'static>, Salt, Output)> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = Version::try_from(stored.version?).ok()?;
    let params = Params::try_from(&stored).ok()?;
    let argon2 = Argon2::new(algorithm, version, params);
    Some((argon2, stored.salt?, stored.hash?))
}

fn output(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    length: usize,
    memory: &mut Memory,
) -> Result<Output, argon2::Error> {
    let blocks = argon2.params().block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = &mut buffer[..length];
    argon2.hash_password_into_with_memory(password, salt, out, memory)?;
    Output::new(out).map_err(|_| argon2::Error::OutputTooShort)
}

fn is_as_strong(params: &Params) -> bool {
    params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordHasher;

    const PASSWORD: &[u8] = b"three hearts";

    #[test]
    fn stored_hashes_are_the_librarys_own_whatever_the_memory_held() {
        let library = Argon2::from(params());
        let mut memory = vec![Block::new(); 3];
        memory[0].as_mut().fill(7);
        for salt in [[1; SALT_BYTES], [2; SALT_BYTES]] {
            let ours = hash(params(), PASSWORD, salt, &mut memory);
            let theirs = library.hash_password_with_salt(PASSWORD, &salt).unwrap();
            assert_eq!(ours, theirs.to_string());
            assert_eq!(verify(PASSWORD, &ours, &mut memory), Verdict::Right);
            assert_eq!(verify(b"2 hearts", &ours, &mut memory), Verdict::Wrong);
        }
    }

    #[test]
    fn what_has_no_known_form_is_never_right() {
        for stored in ["", "three hearts", "$argon2id$v=19$m=19456,t=2,p=1"] {
            assert_eq!(verify(PASSWORD, stored, &mut Memory::new()), Verdict::Wrong);
        }
    }
}
