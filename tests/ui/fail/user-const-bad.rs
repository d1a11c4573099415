const NAME: &str = "www data";
const UNCHANGED: u32 = u32::MAX;

#[daemon::main(user = concat!("www", ":", "data"), group = UNCHANGED + 0)]
fn main() {}

mod other {
    #[daemon::main(user = super::NAME, group = "")]
    pub fn main() {}
}
