using System.Collections.Concurrent;
using System.Collections.Immutable;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Definitions;

/// <summary>
/// The conformance resources that hold together: FHIR R4 and the guides laid over it, later ones before earlier ones.
/// Immutable and safe from many threads; resources are read when first asked for.
/// </summary>
public sealed class DefinitionSet
{
    private const string CoreStructures = "http://hl7.org/fhir/StructureDefinition/";

    private static readonly Lazy<DefinitionSet> Published = new(() => new DefinitionSet([CompiledDefinitions.OpenR4()]));

    private readonly DefinitionLayer[] layers;
    private readonly ConcurrentDictionary<Type, Lazy<object>> made = new();
    private readonly ConcurrentDictionary<FhirElement, GeneratedSnapshot> snapshots = new();

    private DefinitionSet(DefinitionLayer[] layers) => this.layers = layers;

    /// <summary>FHIR R4 (4.0.1) as HL7 published it, without narrative and prose.</summary>
    public static DefinitionSet R4 => Published.Value;

    /// <summary>A new set in which the package's resources come before what is here.</summary>
    public DefinitionSet With(DefinitionPackage package) => new([package.Layer, .. layers]);

    /// <summary>A new set with all the packages over what is here, each over those that it builds on.</summary>
    public DefinitionSet With(IReadOnlyCollection<DefinitionPackage> packages) =>
        PackageOrder.Of(packages).Packages.Aggregate(this, (set, package) => set.With(package));

    /// <summary>The resource of a canonical <c>url</c> or <c>url|version</c>; the absent element if none is known. Without a version the newest of the topmost package counts.</summary>
    public FhirElement Find(string canonical)
    {
        var (url, version) = CanonicalVersion.Split(canonical);
        var found = Find(url, version);

        // HL7 published a few v2 tables with a bar in their url.
        return found.Exists || version is null ? found : Find(canonical, null);
    }

    /// <summary>A StructureDefinition with its snapshot, by canonical or by the name of an R4 type (<c>Patient</c>); absent if unknown.</summary>
    public FhirElement FindStructure(string canonicalOrTypeName) => FindStructure(canonicalOrTypeName, []);

    /// <summary>
    /// The ids (or paths) in a profile's differential for which its base has no element, so that what they say is not in the snapshot that was
    /// made. Empty for a profile that came with its snapshot.
    /// </summary>
    public IReadOnlyList<string> MisplacedElements(string canonical) =>
        FindStructure(canonical).Exists && snapshots.TryGetValue(Find(canonical), out var generated) ? generated.Misplaced : [];

    /// <summary>Every resource of a type, over all layers; of one url only the topmost.</summary>
    public IEnumerable<FhirElement> All(string resourceType)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            foreach (var resource in layer.All(resourceType))
            {
                if (layers.Length == 1 || seen.Add(resource["url"u8].AsString()!))
                {
                    yield return resource;
                }
            }
        }
    }

    /// <summary>What was compiled from these definitions, one of each type, made once however many ask at the same time.</summary>
    public T Cached<T>(Func<DefinitionSet, T> make)
        where T : class =>
        (T)made.GetOrAdd(typeof(T), _ => new Lazy<object>(() => make(this))).Value;

    private FhirElement Find(string url, string? version)
    {
        foreach (var layer in layers)
        {
            if (layer.Find(url, version) is { Exists: true } found)
            {
                return found;
            }
        }

        return default;
    }

    /// <param name="canonicalOrTypeName">Of the structure.</param>
    /// <param name="underway">The structures whose snapshots wait for this one; one that waits for itself has none.</param>
    private FhirElement FindStructure(string canonicalOrTypeName, ImmutableStack<FhirElement> underway)
    {
        var isUrl = canonicalOrTypeName.Contains(':', StringComparison.Ordinal);
        var found = Find(isUrl ? canonicalOrTypeName : CoreStructures + canonicalOrTypeName);
        if (!found["resourceType"u8].TextEquals("StructureDefinition"u8) || underway.Contains(found))
        {
            return default;
        }

        if (found["snapshot"u8].Exists)
        {
            return found;
        }

        if (!snapshots.TryGetValue(found, out var generated))
        {
            generated = SnapshotGenerator.Generate(found, name => FindStructure(name, underway.Push(found)));
            generated = snapshots.GetOrAdd(found, generated);
        }

        return generated.Structure;
    }
}
