const NAME: &str = "www data";
const UNCHANGED: u32 = u32::MAX;

#[daemon::main(user = concat!("www", ":", "data"), group = UNCHANGED + 0)]
fn main() {}

fn other() {
    #[daemon::main(user = NAME, group = "")]
    fn main() {}
}
