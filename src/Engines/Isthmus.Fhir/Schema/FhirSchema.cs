using System.Collections.Frozen;

namespace Isthmus.Fhir.Schema;

/// <summary>
/// The shape of FHIR R4: which element a type has, whether it repeats, of which types it may be.
/// Read once from the embedded table made from HL7's StructureDefinitions.
/// </summary>
public sealed class FhirSchema
{
    private readonly FrozenDictionary<string, FhirType> types;

    private FhirSchema(Dictionary<string, FhirType> types)
    {
        this.types = types.ToFrozenDictionary(StringComparer.Ordinal);
        ElementNames = [.. types.Values.SelectMany(type => type.OwnNames).Append("resourceType").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    public static FhirSchema R4 { get; } = Load();

    /// <summary>Every property name that can occur in R4 JSON, without the <c>_</c> siblings, sorted.</summary>
    public IReadOnlyList<string> ElementNames { get; }

    internal IEnumerable<FhirType> Types => types.Values;

    /// <summary>A data type, resource type or backbone element (<c>Patient.contact</c>); null if R4 has none of that name.</summary>
    public FhirType? Type(string name) => types.GetValueOrDefault(name);

    private static FhirSchema Load()
    {
        using var stream = typeof(FhirSchema).Assembly.GetManifestResourceStream("r4-elements.txt")
            ?? throw new InvalidOperationException("The R4 element table is missing from this build.");
        using var reader = new StreamReader(stream);
        var read = new Dictionary<string, FhirType>(StringComparer.Ordinal);
        FhirType? current = null;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ')
            {
                current!.Add(FhirElementDefinition.Parse(line.AsSpan(1)));
                continue;
            }

            var parts = line.Split(' ');
            current = new FhirType(parts[0], parts[1], parts[2], name => read.GetValueOrDefault(name));
            read.Add(current.Name, current);
        }

        return new FhirSchema(read);
    }
}
