# SQLite in wasm, from npm: tables of Julia data, Julia functions in SQL, and a limit of
# time for queries. `sqlite_database.jl` connects it to Julia.
include("npm_package.jl")
include("sqlite_database.jl")

# Compiling SQLite takes a second or two. All databases share the module.
package = npm_package("@sqlite.org/sqlite-wasm@3.53.4-build2")
mod = WasmModule(WasmEngine(), joinpath(package, "dist", "sqlite3.wasm"))
db = Database(mod)

# A table of Julia data: masses in 10^24 kg, radii in km.
load!(db, "planets", (
    name=["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"],
    mass=[0.33, 4.87, 5.97, 0.642, 1898.0, 568.0, 86.8, 102.0],
    radius=[2440, 6052, 6378, 3396, 71492, 60268, 25559, 24764],
    moons=[0, 0, 1, 2, missing, missing, 28, 16],
))

# A Julia function in SQL.
density(mass, radius) = round(mass * 1e12 / (4 / 3 * π * radius^3); digits=2)
register!(density, db, "density")

# The rows are named tuples. A `?` stands for a value from Julia.
densest =
    "SELECT name, density(mass, radius) AS density FROM planets ORDER BY 2 DESC LIMIT 3"
for row in query(db, densest)
    println(row.name, ": ", row.density, " g/cm³")
end
for row in query(db, "SELECT name, moons FROM planets WHERE moons > ? OR moons IS NULL", 20)
    println(row)
end

# A mistake in SQL or in the function is an error, and so is a query that takes too long.
function attempt(sql; seconds=10)
    try
        query(db, sql; seconds=seconds)
    catch e
        println(first(split(sprint(showerror, e), '\n')))
    end
end
attempt("SELECT colour FROM planets")
attempt("SELECT density(name, radius) FROM planets")
numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
attempt("$numbers SELECT max(i) FROM n"; seconds=0.5)
println(query(db, "SELECT count(*) AS planets FROM planets"))

# A single step that takes for ever ends too, but then the database can't be used any more.
attempt("SELECT instr(hex(zeroblob(1000000)), hex(zeroblob(500000)) || '1')"; seconds=0.5)
attempt("SELECT count(*) FROM planets")

# Another database is another instance, and knows nothing of all this.
other = Database(mod)
println(query(other, "SELECT count(*) AS tables FROM sqlite_schema"))
