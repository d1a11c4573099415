#[daemon::main(configure = || Some(7))]
fn main(Some(seven): Option<i32>) {
    println!("{seven}");
}
