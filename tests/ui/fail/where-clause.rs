#[daemon::main]
fn main()
where
    String: Sized,
{
}
