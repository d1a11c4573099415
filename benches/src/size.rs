//! The size of a program on the disk.

use std::error::Error;
use std::fs;

use crate::throwaway::{Kind, Throwaway};

/// The bytes of each program: stripped, release, fat LTO, one codegen unit.
#[derive(Clone, Debug)]
pub struct Size(Vec<(Kind, u64)>);

impl Size {
    pub(crate) fn measure() -> Result<Self, Box<dyn Error>> {
        let sizes = Kind::ALL.iter().map(|&kind| {
            let throwaway = Throwaway::new(kind)?;
            throwaway.build(&["--release"])?;
            Ok((kind, fs::metadata(throwaway.target().join("release/hello"))?.len()))
        });
        Ok(Size(sizes.collect::<Result<_, Box<dyn Error>>>()?))
    }

    /// Each program and its bytes.
    pub fn all(&self) -> &[(Kind, u64)] {
        &self.0
    }

    /// The bytes beyond those of the empty program.
    pub fn beyond_empty(&self, kind: Kind) -> Option<u64> {
        let of = |kind| self.0.iter().find(|(it, _)| *it == kind).map(|(_, bytes)| *bytes);
        Some(of(kind)?.saturating_sub(of(Kind::Empty)?))
    }
}
