//! A photo whose face everyone takes on.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use moretta::{Donor, DonorFace, DonorPicture, Session};

use crate::Error;

/// The photo that the user named: opened at the start, as a locked process opens no file any more. A session loses its donor
/// with a pause, and gets it anew.
pub(crate) struct Photo {
    path: PathBuf,
    file: File,
}

impl Photo {
    /// Opens the file.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    /// Gives everyone in `session` the largest face of the photo, for as long as what is returned lives.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Moretta`].
    pub(crate) fn give(&mut self, session: &mut Session) -> Result<Donor, Error> {
        let mut bytes = self.read().map_err(|source| Error::Read {
            path: self.path.clone(),
            source,
        })?;
        // The bytes are zeroed then, whatever comes of it.
        let donor = session.add_donor(DonorPicture::file(&mut bytes), DonorFace::Largest)?;
        session.donor(Some(&donor))?;
        Ok(donor)
    }

    /// The whole file, read into memory that does not move: what grows leaves copies behind.
    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        let len = self.file.metadata()?.len();
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        self.file.rewind()?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
