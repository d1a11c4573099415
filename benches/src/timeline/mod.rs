//! stub
use std::error::Error;
/// x
pub fn record() -> Result<String, Box<dyn Error>> {
    Ok(String::new())
}
