using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Json;
using Isthmus.Testing;

namespace Isthmus.Fhir.Tests;

public sealed class SnapshotTests
{
    /// <summary>What a validator decides on. Prose and mappings of published snapshots differ with the publisher's tool.</summary>
    private static readonly string[] Compared = ["min", "max", "type", "binding", "contentReference", "mustSupport", "isModifier", "slicing"];

    [ConformanceFact("uscore")]
    public void Us_cores_snapshots_come_out_of_their_differentials_as_published()
    {
        var published = Directory.GetFiles(Conformance.PathOf("uscore", "6.1.0"), "StructureDefinition-*.json").Select(file => FhirJsonReader.ReadJson(File.ReadAllBytes(file)).Tape!).ToArray();
        var bare = DefinitionSet.R4.With(DefinitionPackage.Of("us.core.bare", "6.1.0", published.Select(WithoutSnapshot)));
        var faults = new List<string>();
        foreach (var structure in published)
        {
            var url = structure.Root["url"].AsString()!;
            if (!bare.FindStructure(structure.Root["baseDefinition"].AsString()!).Exists)
            {
                continue; // builds on a guide that is not here
            }

            faults.AddRange(Differences(structure.Root, bare.FindStructure(url)).Select(difference => $"{url[(url.LastIndexOf('/') + 1)..]} {difference}"));
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of them:\n" + string.Join('\n', faults.Take(150)));
    }

    [ConformanceFact("validator")]
    public void Every_differential_of_the_validator_cases_has_its_place_in_the_snapshot()
    {
        var profiles = Directory.GetFiles(Conformance.PathOf("validator", "support"), "*.json")
            .Select(file => FhirJsonReader.ReadJson(File.ReadAllBytes(file)).Tape)
            .Where(tape => tape?.Root.ResourceType == "StructureDefinition")
            .ToArray();
        var set = DefinitionSet.R4.With(DefinitionPackage.Of("cases", "1", profiles!));
        var faults = profiles.Select(profile => profile!.Root["url"].AsString()!)
            .SelectMany(url => set.FindStructure(url).Exists ? set.MisplacedElements(url).Select(id => $"{url} {id}") : [$"{url} has no snapshot"]);

        Assert.True(profiles.Length > 30);
        // One of the cases is about a profile that names an element wrongly.
        Assert.Equal(["http://hl7.org/fhir/test/StructureDefinition/parameters-profiled-resource-profiles-patient2 Patient.dateOfBirth"], faults);
    }

    private static IEnumerable<string> Differences(FhirElement published, FhirElement generated)
    {
        var ours = ById(generated);
        var theirs = ById(published);
        foreach (var id in theirs.Keys.Except(ours.Keys))
        {
            yield return $"lacks {id}";
        }

        foreach (var id in ours.Keys.Except(theirs.Keys))
        {
            yield return $"adds {id}";
        }

        foreach (var id in theirs.Keys.Intersect(ours.Keys))
        {
            foreach (var name in Compared.Where(name => Normal(name, theirs[id][name]) != Normal(name, ours[id][name])))
            {
                yield return $"{id} {name}: published {Normal(name, theirs[id][name])}, generated {Normal(name, ours[id][name])}";
            }

            if (Keys(theirs[id]) is var wanted && Keys(ours[id]) is var made && wanted != made)
            {
                yield return $"{id} constraints: published {wanted}, generated {made}";
            }
        }
    }

    /// <summary>The part of a property that decides: not the publisher's descriptions and markers.</summary>
    private static string Normal(string name, FhirElement value) => !value.Exists ? "" : name switch
    {
        "binding" => $"{value["strength"].AsString()} {value["valueSet"].AsString()}",
        "contentReference" => value.AsString()!.Split('#')[1],
        "slicing" => $"{Json(value["discriminator"])} {value["rules"].AsString()} {value["ordered"].AsBoolean() == true}",
        "type" => string.Join(' ', Items(value).Select(type => $"{type["code"].AsString()}{Json(type["profile"])}{Json(type["targetProfile"])}")),
        _ => Json(value),
    };

    private static string Json(FhirElement value) => System.Text.Encoding.UTF8.GetString(FhirJsonWriter.ToBytes(value));

    private static List<FhirElement> Items(FhirElement array)
    {
        var items = new List<FhirElement>();
        foreach (var item in array)
        {
            items.Add(item);
        }

        return items;
    }

    private static string Keys(FhirElement element)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        keys.UnionWith(Items(element["constraint"]).Select(constraint => constraint["key"].AsString()!));
        return string.Join(' ', keys);
    }

    private static Dictionary<string, FhirElement> ById(FhirElement structure) =>
        Items(structure["snapshot"]["element"]).ToDictionary(element => element["id"].AsString()!, StringComparer.Ordinal);

    private static FhirTape WithoutSnapshot(FhirTape structure)
    {
        var writer = new FhirJsonWriter();
        foreach (var property in structure.Root)
        {
            if (!property.Name.SequenceEqual("snapshot"u8))
            {
                writer.Raw(writer.Length == 0 ? "{"u8 : ","u8);
                writer.WriteProperty(property);
            }
        }

        writer.Raw("}"u8);
        return FhirJsonReader.ReadJson(writer.Written.ToArray()).Tape!;
    }
}
