//! Writes `docs/licences.md`.

fn main() -> anyhow::Result<()> {
    std::fs::write(safewasm_supply::root().join("docs/licences.md"), safewasm_supply::list()?)?;
    Ok(())
}
