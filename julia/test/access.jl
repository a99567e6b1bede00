# Reading and writing memories at wasm's addresses.

engine = WasmEngine(WasmConfig(; shared_memory=true))
new_memory() = WasmMemory(WasmStore(engine), 1 => 2)
new_memories() = (new_memory(), WasmSharedMemory(engine, 1 => 2))

@enum Color::UInt8 Red = 1 Green = 2
@enum Wide::Int64 Near = 0 Far = typemax(Int64)

# Three bytes, which take the room of four in an array.
primitive type Bits24 24 end
bits24(x::UInt32) = Core.Intrinsics.trunc_int(Bits24, x)

struct Padded
    small::Int8
    large::Int64
    flag::Bool
end

struct Nested
    parts::NTuple{3,Padded}
    bits::Bits24
    pair::Tuple{Int8,Int32}
    color::Color
    nothing::Nothing
    letter::Char
end

struct Holder{T}
    number::Int
    held::T
end

# Numbers that can be lanes of a vector.
struct SmallAndLarge <: Real
    small::Int8
    large::Int32
end

struct Address <: Real
    at::Ptr{Cvoid}
end

const PADDED = Padded(3, 4, true)
const PADDED_BYTES = UInt8[3; zeros(7); 4; zeros(7); 1; zeros(7)]
const NESTED = Nested(
    (PADDED, PADDED, PADDED), bits24(0x00030201), (Int8(7), Int32(9)), Green, nothing, 'ä'
)
const NESTED_BYTES = [
    repeat(PADDED_BYTES, 3)
    UInt8[1, 2, 3, 0, 7, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 0xe4, 0, 0, 0, 0, 0, 0, 0]
]

# The bytes that `write` puts into a memory that is full of another byte.
function written(mem, x)
    fill!(mem, 0xaa)
    count = write(mem, 8, x)
    @test all(==(0xaa), mem[(8 + count + 1):(8 + count + 64)])
    return mem[9:(8 + count)]
end

@testset "padding is written as zeros" begin
    for mem in new_memories()
        @test written(mem, (Int8(1), 2)) == UInt8[1; zeros(7); 2; zeros(7)]
        @test written(mem, PADDED) == PADDED_BYTES
        @test written(mem, [PADDED, PADDED]) == repeat(PADDED_BYTES, 2)
        @test written(mem, view([PADDED, PADDED], 2:2)) == PADDED_BYTES
        @test written(mem, NESTED) == NESTED_BYTES
        @test written(mem, [NESTED, NESTED]) == repeat(NESTED_BYTES, 2)
        @test written(mem, bits24(0x00030201)) == [1, 2, 3]
        @test written(mem, fill(bits24(0x00030201), 2)) == [1, 2, 3, 0, 1, 2, 3, 0]
        @test written(mem, Padded[]) == UInt8[]
        @test written(mem, [PADDED PADDED]) == repeat(PADDED_BYTES, 2)
        write(mem, 8, [NESTED, NESTED])
        @test read(mem, Nested, 8) === NESTED && read(mem, Padded, 8) === PADDED
        @test read(mem, Nested, 8, 2) == read!(mem, 8, [NESTED, NESTED]) == [NESTED, NESTED]
    end
    same = WasmFunc(identity, WasmStore(engine), NTuple{16,UInt8} => NTuple{16,UInt8})
    @test same((SmallAndLarge(1, 2), SmallAndLarge(3, 4))) ==
          (0x01, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0)
end

@testset "types with addresses of the process, and types that aren't plain, are refused" begin
    null = Ptr{Cvoid}(8)
    for mem in new_memories()
        fill!(mem, 0xaa)
        for x in (
            null,
            [null],
            (1, null),
            Holder(1, null),
            [Holder(1, ((null, null), 1))],
            Cstring(Ptr{UInt8}(8)),
            Core.Intrinsics.add_int,
            nothing,
            missing,
            (),
            sin,
            [nothing],
            "a" => 1,
            Ref(1),
            :a,
            big(1),
            Any[1],
            [missing, 1],
            Union{Int8,Int16}[Int8(1)],
            Holder{Union{Int8,Int16}}(1, Int8(2)),
        )
            e = thrown(() -> write(mem, 0, x))
            @test e isa ArgumentError && occursin("can't be copied to or from wasm", e.msg)
        end
        @test all(==(0xaa), mem)
        for T in (
            Ptr{Cvoid},
            Tuple{Int,Ptr{Int}},
            Holder{NTuple{3,Ptr{Int}}},
            Cwstring,
            Nothing,
            Holder,
            Integer,
            Union{},
            Vector{Int},
            Union{Int8,Int16},
            Core.IntrinsicFunction,
        )
            for use in (
                () -> read(mem, T, 0),
                () -> read(mem, T, 0, 1),
                () -> read!(mem, 0, Vector{T}(undef, 1)),
            )
                e = thrown(use)
                @test e isa ArgumentError && occursin("can't be copied to or from wasm", e.msg)
            end
        end
        @test occursin("read_string", thrown(() -> read(mem, String, 0)).msg)
    end
    f = WasmFunc(x -> nothing, WasmStore(engine), NTuple{16,UInt8} => ())
    @test thrown(() -> f((Address(null), Address(null)))) isa ArgumentError
end

@testset "bytes become values of their type, or an error" begin
    for mem in new_memories()
        write(mem, 0, UInt8[2, 0, 255, 1])
        @test reinterpret(UInt8, read(mem, Bool, 0)) === 0x01
        @test reinterpret.(UInt8, read(mem, Bool, 0, 4)) == [1, 0, 1, 1]
        @test reinterpret.(UInt8, read(mem, NTuple{4,Bool}, 0)) == (1, 0, 1, 1)
        @test reinterpret.(UInt8, read!(mem, 0, [true, true])) == [1, 0]
        @test read!(mem, 0, falses(4)) == [true, false, true, true]
        write(mem, 16, UInt64[1, 0xfe])
        @test reinterpret(UInt8, read(mem, Holder{Bool}, 16).held) === 0x01
        @test reinterpret(UInt8, read(mem, Holder{Tuple{Bool}}, 16, 1)[1].held[1]) === 0x01
        @test written(mem, trues(9)) == ones(9)
        write(mem, 0, UInt8[2, 0, 255, 1])
        @test read(mem, Color, 0) === Green
        write(mem, 8, [Far, Near])
        @test read(mem, Wide, 8, 2) == [Far, Near]
        colors = [Red, Red]
        for use in (
            () -> read(mem, Color, 1),
            () -> read(mem, Color, 0, 2),
            () -> read(mem, Tuple{Int8,Color}, 0),
            () -> read(mem, Holder{NTuple{2,Color}}, 16),
            () -> read!(mem, 0, colors),
        )
            e = thrown(use)
            @test e isa ArgumentError && occursin("invalid value for Enum Color", e.msg)
        end
        @test colors == [Red, Red]
        @test written(mem, 'a') == [0x61, 0, 0, 0]
        @test written(mem, ('a', 'ä')) == [0x61, 0, 0, 0, 0xe4, 0, 0, 0]
        write(mem, 0, ['ä', '€', '😀'])
        @test read(mem, UInt32, 0, 3) == UInt32['ä', '€', '😀']
        @test read(mem, Char, 0, 3) == ['ä', '€', '😀']
        @test read(mem, NTuple{3,Char}, 0) == ('ä', '€', '😀')
        write(mem, 0, typemax(UInt32))
        @test_throws ArgumentError read(mem, Char, 0)
        @test_throws Exception write(mem, 0, "\xff"[1])
    end
end

@testset "an address of a 32-bit memory may have the sign that wasm gives it" begin
    module_of_three_gigabytes = WasmModule(engine, wat"""(module
        (memory (export "memory") 49152)
        (func (export "allocate") (result i32) (i32.const 0xb0000000)))""")
    x = exports(WasmInstance(WasmStore(engine), module_of_three_gigabytes))
    address = x.allocate()
    @test address isa Int32 && address < 0
    mem = x.memory
    @test write(mem, address, "hello") == 5
    @test write(mem, address + 8, 0x01020304) == 4
    for same in (address, Int64(address), 0xb0000000, Int64(0xb0000000), big(address))
        @test read_string(mem, same, 5) == read_string(mem, same) == "hello"
        @test read(mem, UInt32, same + 8) == read(mem, UInt32, same + 8, 1)[1] == 0x01020304
        @test read(mem, same + 8, 2) == [4, 3]
        @test read!(mem, same + 8, zeros(UInt16, 1)) == [0x0304]
    end
    @test mem[0xb0000001] == UInt8('h')
end

@testset "an address outside of the memory is an error that shows it unsigned and signed" begin
    for mem in new_memories()
        for (at, said) in (
            -5 => "at address 4294967291 (0xfffffffb, or -5 as a signed number): the memory has 65536 bytes",
            Int32(-5) => "0xfffffffb, or -5",
            0xfffffffb => "0xfffffffb, or -5",
            65535 => "at address 65535: the memory has 65536 bytes",
            2^32 => "at address 4294967296:",
            -2^31 => "0x80000000, or -2147483648",
            -2^31 - 1 => "at address -2147483649:",
            big(2)^70 => "at address 1180591620717411303424:",
            typemax(UInt64) => "at address 18446744073709551615:",
        )
            for use in (
                () -> read(mem, UInt16, at),
                () -> read(mem, UInt16, at, 1),
                () -> read(mem, at, 2),
                () -> read!(mem, at, zeros(UInt8, 2)),
                () -> write(mem, at, 0x0102),
                () -> write(mem, at, "ab"),
                () -> write(mem, at, UInt8[1, 2]),
                () -> read_string(mem, at, 2),
            )
                e = thrown(use)
                @test e isa WasmtimeError && e.code === :out_of_bounds
                @test startswith(e.message, "can't access 2 bytes at ") && occursin(said, e.message)
            end
        end
    end
    wide = WasmMemory(WasmStore(engine), WasmMemoryType(1 => 2; is_64=true))
    for at in (-1, Int32(-1), typemax(UInt64))
        e = thrown(() -> read(wide, UInt8, at))
        @test occursin("can't access 1 byte at", e.message)
        @test occursin("0xffffffffffffffff, or -1 as a signed number", e.message)
    end
end

@testset "arrays and bytes are read and written" begin
    for mem in new_memories()
        @test write(mem, 16, [1.5, 2.5, 3.5]) == 24
        @test read(mem, Float64, 16, 3) == [1.5, 2.5, 3.5]
        @test read(mem, Float64, 16, 0) == Float64[]
        @test read(mem, 16, 8) == reinterpret(UInt8, [1.5])
        found = zeros(3)
        @test read!(mem, 16, found) === found == [1.5, 2.5, 3.5]
        @test read!(mem, 16, view(found, 2:3)) == [1.5, 2.5] && found == [1.5, 1.5, 2.5]
        @test read!(mem, 16, zeros(1, 3)) == [1.5 2.5 3.5]
        @test write(mem, 0, [1 3; 2 4]) == 32 && read(mem, Int, 0, 4) == 1:4
        @test write(mem, 0, 5:7) == 24 && read(mem, Int, 0, 3) == 5:7
        @test read(mem, 65536, 0) == UInt8[]
        for use in (
            () -> read(mem, Int, 8, typemax(Int)),
            () -> read(mem, Int, 8, 2^61),
            () -> read(mem, 0, big(2)^70),
            () -> read(mem, 65537, 0),
        )
            @test thrown(use).code === :out_of_bounds
        end
        for use in (() -> read(mem, 0, -1), () -> read(mem, Int, 0, -1), () -> read_string(mem, 0, -1))
            @test occursin("negative", thrown(use).msg)
        end
    end
end

@testset "text is written with a NUL on request, and read up to a NUL" begin
    for mem in new_memories()
        fill!(mem, 0xaa)
        @test write(mem, 0, "grüß"; nul=true) == sizeof("grüß") + 1
        @test read_string(mem, 0) == "grüß" && mem[sizeof("grüß") + 2] == 0xaa
        @test write(mem, 0, SubString("grüß", 2); nul=true) == sizeof("rüß") + 1
        @test read_string(mem, 0) == "rüß"
        @test write(mem, 0, ""; nul=true) == 1 && read_string(mem, 0) == ""
        @test write(mem, 0, "a\0b") == 3 && read_string(mem, 0) == "a"
        @test occursin("NUL", thrown(() -> write(mem, 0, "a\0b"; nul=true)).msg)
        fill!(mem, UInt8('x'))
        e = thrown(() -> read_string(mem, 7))
        @test e.code === :out_of_bounds && e.message == "no NUL ends the text at address 7"
        for nul in (65535, 9999, 4096, 4095)
            mem[nul + 1] = 0
            @test read_string(mem, 0) == "x"^nul
            @test read_string(mem, nul) == ""
        end
        @test thrown(() -> read_string(mem, 65536)).code === :out_of_bounds
        close(mem)
        @test thrown(() -> read_string(mem, 0)).code === :invalid_handle
    end
end
