using System.Text;
using Isthmus.Fhir.Units;

namespace Isthmus.Mapping.Terminology;

/// <summary>What stands with a code in a message: what a table of local codes may ask for before it says what the code means.</summary>
/// <param name="System">The coding system as the message names it; empty where it names none.</param>
/// <param name="Uri">The system's URI, a local one's too; that of a source's nameless codes ends behind the source.</param>
/// <param name="IsLocal">Whether the system is none that the site's tables or HL7 name.</param>
/// <param name="Spelling">The unit as it is sent; empty where there is none.</param>
/// <param name="UnitSystem">What the message says the unit is of; empty where it says nothing.</param>
internal readonly ref struct CodeUse(
    TerminologySet terminology, ReadOnlySpan<byte> system, ReadOnlySpan<byte> uri, bool isLocal, ReadOnlySpan<byte> spelling, ReadOnlySpan<byte> unitSystem)
{
    public ReadOnlySpan<byte> System { get; } = system;

    public ReadOnlySpan<byte> Uri { get; } = uri;

    public bool IsLocal { get; } = isLocal;

    public ReadOnlySpan<byte> Spelling { get; } = spelling;

    public ReadOnlySpan<byte> UnitSystem { get; } = unitSystem;

    /// <summary>The unit by UCUM, where that is known. Looked up when it is asked for: mostly the spelling alone says enough.</summary>
    public UcumUnit? Unit => terminology.UnitOf(Spelling, UnitSystem);
}

/// <summary>
/// From a source's own codes to standard ones. The same code may mean several things: which of them, the coding system and the unit decide,
/// because a standard such as LOINC has a code for each property. Where no row says what was sent, nothing is found.
/// </summary>
internal sealed class LocalCodeTable(string name)
{
    /// <summary>In a cell: whatever stands in the message, or nothing.</summary>
    private const string Any = "*";

    private readonly Dictionary<byte[], List<LocalCode>> rows = new(Utf8Keys.Instance);

    public string Name => name;

    public IEnumerable<Coded> Targets => rows.Values.SelectMany(found => found).Select(row => row.Coded);

    /// <param name="system">As messages name it, or its URI; empty for codes without one, <c>*</c> for any that is local.</param>
    /// <param name="unit">
    /// UCUM codes, each for every unit of its kind, or spellings, between spaces; empty for results without a unit, <c>*</c> for all.
    /// </param>
    /// <returns>False if the same layer says already what the code means there.</returns>
    public bool Add(string system, string code, string unit, Coded coded)
    {
        var units = unit.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(cell => new UnitCell(Encoding.UTF8.GetBytes(cell), Ucum.Unit(cell))).ToArray();
        var row = new LocalCode(coded, units, unit == Any);
        var key = Key(Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(code));
        if (!rows.TryGetValue(key, out var same))
        {
            rows[key] = [row];
            return true;
        }

        if (same.Exists(other => other.Coded.Inherited == coded.Inherited && other.Overlaps(row)))
        {
            return false;
        }

        // A site's row comes before the library's.
        same.Insert(coded.Inherited ? same.Count : 0, row);
        return true;
    }

    /// <summary>The meaning of a code: by its system's name, then by its URI, then whatever local system it is of; in each by its unit first.</summary>
    public Coded? Find(ReadOnlySpan<byte> code, in CodeUse use) =>
        code.IsEmpty ? null
        : Row(use.System, code, use) ?? Row(use.Uri, code, use) ?? (use.IsLocal ? Row("*"u8, code, use) : null);

    private Coded? Row(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code, in CodeUse use)
    {
        Span<byte> key = stackalloc byte[512];
        if (system.Length + 1 + code.Length > key.Length)
        {
            return null;
        }

        system.CopyTo(key);
        key[system.Length] = (byte)'^';
        code.CopyTo(key[(system.Length + 1)..]);
        if (!rows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key[..(system.Length + 1 + code.Length)], out var found))
        {
            return null;
        }

        LocalCode? any = null;
        foreach (var row in found)
        {
            if (row.IsForAnyUnit)
            {
                any ??= row;
            }
            else if (row.IsFor(use))
            {
                return row.Coded;
            }
        }

        return any?.Coded ?? (use.Spelling.IsEmpty ? OnlyMeaning(found) : null);
    }

    /// <summary>A result that could not be had comes without a unit; where the code means one thing whatever the unit, it means that.</summary>
    private static Coded? OnlyMeaning(List<LocalCode> found) =>
        found.TrueForAll(row => row.Coded.Code.AsSpan().SequenceEqual(found[0].Coded.Code) && row.Coded.System.AsSpan().SequenceEqual(found[0].Coded.System))
            ? found[0].Coded
            : null;

    private static byte[] Key(byte[] system, byte[] code) => [.. system, (byte)'^', .. code];

    /// <summary>A unit of a row: by spelling, and where that is UCUM, by kind.</summary>
    private sealed record UnitCell(byte[] Spelling, UcumUnit? Unit)
    {
        public bool Covers(ReadOnlySpan<byte> spelling, UcumUnit? unit) =>
            spelling.SequenceEqual(Spelling) || (unit is not null && IsOfKind(unit));

        public bool IsOfKind(UcumUnit unit) => Unit is not null && Unit.IsSameKindAs(unit);
    }

    private sealed record LocalCode(Coded Coded, UnitCell[] Units, bool IsForAnyUnit)
    {
        public bool IsFor(in CodeUse use)
        {
            if (Units.Length == 0)
            {
                return use.Spelling.IsEmpty;
            }

            foreach (var cell in Units)
            {
                if (use.Spelling.SequenceEqual(cell.Spelling))
                {
                    return true;
                }
            }

            return !use.Spelling.IsEmpty && use.Unit is { } unit && IsOfKind(unit);
        }

        private bool IsOfKind(UcumUnit unit)
        {
            foreach (var cell in Units)
            {
                if (cell.IsOfKind(unit))
                {
                    return true;
                }
            }

            return false;
        }

        public bool Overlaps(LocalCode other) =>
            IsForAnyUnit == other.IsForAnyUnit
            && (Units.Length == 0 ? other.Units.Length == 0 : Array.Exists(Units, own => Array.Exists(other.Units, cell => own.Covers(cell.Spelling, cell.Unit))));
    }
}
