//! The plan where nothing is planned.

pub(crate) mod inherited {
    //! What a process was given by whoever started it is of no concern here.

    /// Nothing.
    #[derive(Debug)]
    pub(crate) struct Inherited;

    impl Inherited {
        pub(crate) fn by_this_process() -> Self {
            Inherited
        }
    }
}
