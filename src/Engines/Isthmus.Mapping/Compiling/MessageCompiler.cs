using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Turns a message map into its compiled form, with every name resolved to a number. What a message borrows from a part or another
/// map is left out where it lacks the groups or resources; what it says itself must fit.
/// </summary>
internal sealed class MessageCompiler(MessageText text, MapCompiler maps, MessageAssembly assembly, List<MapFault> faults)
{
    private readonly StructureCompiler structure = new(text, faults);
    private readonly List<ResourceText> present = [];
    private readonly Dictionary<string, int> resources = new(StringComparer.Ordinal);

    public MessageMap Compile()
    {
        var compiled = structure.Compile();
        var definitions = text.Resources.Select(Resource).OfType<ResourceDefinition>().ToArray();
        var references = text.References.Select(Reference).OfType<ReferenceRule>().ToArray();
        var reads = new Dictionary<int, HashSet<int>>();
        return new MessageMap
        {
            Name = text.Name,
            Bundle = text.Bundle is null ? null : Map(text.Place, text.Bundle, "MSH"),
            Structure = compiled,
            Resources = definitions,
            Segments = Segments(compiled, reads),
            HasLate = text.Segments.Any(segment => segment.IsLate),
            References = references,
            ReferencesFrom = [.. definitions.Select((_, definition) => references.Where(rule => rule.From == definition).ToArray())],
            Read = reads,
        };
    }

    private ResourceDefinition? Resource(ResourceText resource)
    {
        var groups = Groups(resource.Place, resource.Per, resource.IsBorrowed);
        if (groups.Count == 0 && resource.IsBorrowed)
        {
            return null;
        }

        assembly.Take(resource.Place);
        if (!resources.TryAdd(resource.Name, present.Count))
        {
            Fault(resource.Place, MapRules.DuplicateName, $"A resource is named '{resource.Name}' already.");
        }

        present.Add(resource);
        if (FhirSchema.R4.Type(resource.Type) is not { IsResource: true })
        {
            Fault(resource.Place, MapRules.Type, $"'{resource.Type}' is no resource of FHIR R4.");
        }

        return new ResourceDefinition
        {
            Name = resource.Name,
            Place = resource.Place.ToString(),
            KeyText = string.Join(", ", resource.Key),
            Type = Encoding.UTF8.GetBytes(resource.Type),
            Per = Mask(groups),
            Needs = [.. resource.Needs.Where(segment => segment.Length == 3).Select(GroupDefinition.KeyOf)],
            Key = [.. resource.Key.Select(key => Key(resource.Place, key))],
            IsPatient = resource.Type == "Patient" && present.Count(other => other.Type == "Patient") == 1,
        };
    }

    private KeyPart Key(TextPlace place, string text) => new([.. text.Split('|').Select(alternative =>
    {
        if (SourcePath.Parse(alternative.Trim()) is { Field: > 0 } path)
        {
            if (SourceCheck.Fault(path) is { } unknown)
            {
                Fault(place, MapRules.SourceUnknown, unknown);
            }

            return (GroupDefinition.KeyOf(path.Segment), path.Field, path.Component, path.Subcomponent);
        }

        if (alternative.Trim() == "$none")
        {
            return default;
        }

        Fault(place, MapRules.Source, $"'{alternative}' is not a field; write OBR-3.1.");
        return default;
    })]);

    private Dictionary<(int, int), SegmentUse[]> Segments(MessageStructure compiled, Dictionary<int, HashSet<int>> reads)
    {
        var uses = new Dictionary<(int, int), List<SegmentUse>>();
        foreach (var segment in text.Segments)
        {
            var groups = Groups(segment.Place, segment.In, segment.IsBorrowed);
            if (segment.IsBorrowed && (groups.Count == 0 || !resources.ContainsKey(segment.Into)))
            {
                continue;
            }

            assembly.Take(segment.Place);
            if (segment.Segment.Length != 3 || Map(segment.Place, segment.Map, segment.Segment) is not { } map)
            {
                continue;
            }

            if (!resources.TryGetValue(segment.Into, out var resource) || present[resource].Type != map.Type)
            {
                Fault(segment.Place, MapRules.Resource, $"'{segment.Into}' is no {map.Type} among this message's resources.");
                continue;
            }

            HashSet<(int Segment, int Field)> asked = [];
            var when = segment.When is null ? null : When(segment, map, asked);
            var key = GroupDefinition.KeyOf(segment.Segment);
            if (!segment.IsBorrowed && !compiled.Groups[0].Knows(key))
            {
                Fault(segment.Place, MapRules.Group, $"No group of the structure has {segment.Segment}, so that it would never be read; 'adds:' gives it a place.");
                continue;
            }

            foreach (var group in groups)
            {
                if (!uses.TryGetValue((group, key), out var list))
                {
                    uses[(group, key)] = list = [];
                }

                // A message that says again what it borrows says it with its own condition.
                if (!segment.IsBorrowed || !list.Exists(use => use.Map == map && use.Resource == resource && !use.IsBorrowed))
                {
                    list.Add(new SegmentUse(map, resource, when, segment.IsLate, segment.IsBorrowed, asked));
                }
            }

            foreach (var (readSegment, field) in maps.Reads[map].Concat(asked))
            {
                _ = reads.TryGetValue(readSegment, out var fields) || reads.TryAdd(readSegment, fields = []);
                fields!.Add(field);
            }
        }

        return uses.ToDictionary(use => use.Key, use => use.Value.ToArray());
    }

    private Condition? When(SegmentText segment, CompiledMap map, HashSet<(int Segment, int Field)> asked)
    {
        var stand = new MapText
        {
            Place = segment.Place, Name = map.Name, Source = segment.Segment, IsSegment = true,
            Type = map.Type, IsResource = true, Key = [], Rules = [],
        };
        var scope = new MapScope(stand, FhirSchema.R4.Type(map.Type)!, maps.Terminology, faults);
        var condition = ConditionParser.Parse(scope, segment.Place, segment.When!);
        asked.UnionWith(scope.Reads);
        return condition;
    }

    private ReferenceRule? Reference(ReferenceText reference)
    {
        if (!resources.TryGetValue(reference.From, out var from) || !resources.TryGetValue(reference.To, out var to))
        {
            if (!reference.IsBorrowed)
            {
                Fault(reference.Place, MapRules.Resource, $"'{reference.From}' or '{reference.To}' is no resource of this message.");
            }

            return null;
        }

        assembly.Take(reference.Place);
        var property = FhirSchema.R4.Type(present[from].Type)?.Element(reference.Property);
        if (property is not { Type: "Reference" })
        {
            Fault(reference.Place, MapRules.Target, $"{present[from].Type} has no reference '{reference.Property}' in FHIR R4.");
            return null;
        }

        if (property.Targets.Count > 0 && !property.Targets.Contains("Resource") && !property.Targets.Contains(present[to].Type))
        {
            Fault(reference.Place, MapRules.TargetKind, $"{present[from].Type}.{reference.Property} cannot refer to a {present[to].Type}.");
        }

        return new ReferenceRule(
            from, FhirNames.IdOf(reference.Property), property.Repeats, to, Mask(Groups(reference.Place, reference.Within, reference.IsBorrowed)), property.Required && property.Choice is null, reference.Place.ToString());
    }

    private CompiledMap? Map(TextPlace place, string name, string segment)
    {
        if (maps.Find(name) is { IsSegment: true, ResourceType: not null } map && map.SourceName == segment)
        {
            return map;
        }

        Fault(place, MapRules.MapReference, $"No map of {segment} is named '{name}'.");
        return null;
    }

    /// <summary>The groups that some names stand for. What is borrowed may name groups that this message lacks.</summary>
    private List<int> Groups(TextPlace place, IReadOnlyList<string> names, bool mayLack)
    {
        var found = new List<int>();
        foreach (var name in names)
        {
            var groups = structure.Find(name);
            found.AddRange(groups);
            if (groups.Count == 0 && !mayLack)
            {
                Fault(place, MapRules.Group, $"The structure has no group '{name}'.");
            }
        }

        return found;
    }

    private bool[] Mask(List<int> groups)
    {
        var mask = new bool[structure.Count];
        foreach (var group in groups)
        {
            mask[group] = true;
        }

        return mask;
    }

    private void Fault(TextPlace place, string rule, string message) => faults.Add(place.Fault(rule, message));
}
