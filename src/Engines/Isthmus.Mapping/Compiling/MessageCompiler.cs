using System.Text;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>Turns a message map into its compiled form, with every name resolved to a number.</summary>
internal sealed class MessageCompiler(MessageText text, MapCompiler maps, List<MapFault> faults)
{
    private readonly Dictionary<string, int> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> resources = new(StringComparer.Ordinal);

    public MessageMap Compile()
    {
        var structure = Structure();
        var definitions = text.Resources.Select(Resource).ToArray();
        var reads = new Dictionary<int, HashSet<int>>();
        return new MessageMap
        {
            Name = text.Name,
            Bundle = text.Bundle is null ? null : Map(text.Line, text.Bundle, "MSH"),
            Structure = structure,
            Resources = definitions,
            Segments = Segments(reads),
            References = [.. text.References.Select(Reference).OfType<ReferenceRule>()],
            Read = reads,
        };
    }

    private MessageStructure Structure()
    {
        var defined = text.Groups.Select(group => new GroupDefinition(group.Name, group.Parent)).ToArray();
        for (var index = 0; index < defined.Length; index++)
        {
            if (!groups.TryAdd(text.Groups[index].Name, index))
            {
                Fault(text.Groups[index].Line, MapRules.DuplicateName, $"The structure has a group '{text.Groups[index].Name}' already.");
            }

            defined[index].Slots = [.. text.Groups[index].Slots.Select(slot => new Slot(slot.Group >= 0 ? 0 : GroupDefinition.KeyOf(slot.Segment), slot.Group, slot.Repeats))];
            foreach (var segment in text.Groups[index].Begins.Where(segment => segment.Length == 3))
            {
                defined[index].AddBeginning(GroupDefinition.KeyOf(segment));
            }

            for (var above = index; above >= 0; above = defined[above].Parent)
            {
                foreach (var slot in text.Groups[index].Slots.Where(slot => slot.Group < 0))
                {
                    defined[above].AddKnown(GroupDefinition.KeyOf(slot.Segment));
                }
            }
        }

        for (var index = 0; index < defined.Length; index++)
        {
            if (text.Groups[index].After is { } after)
            {
                After(defined, index, after);
            }
        }

        return new MessageStructure(defined);
    }

    private void After(GroupDefinition[] defined, int index, string after)
    {
        if (!groups.TryGetValue(after, out var other) || defined[other].Parent < 0)
        {
            Fault(text.Groups[index].Line, MapRules.Group, $"'after: {after}' names no group of this structure.");
            return;
        }

        var enclosing = defined[other].Parent;
        defined[index].AfterIn = enclosing;
        defined[index].After = Array.FindIndex(defined[enclosing].Slots, slot => slot.Group == other);
    }

    private ResourceDefinition Resource(ResourceText resource, int index)
    {
        if (!resources.TryAdd(resource.Name, index))
        {
            Fault(resource.Line, MapRules.DuplicateName, $"A resource is named '{resource.Name}' already.");
        }

        if (FhirSchema.R4.Type(resource.Type) is not { IsResource: true })
        {
            Fault(resource.Line, MapRules.Type, $"'{resource.Type}' is no resource of FHIR R4.");
        }

        var per = new bool[text.Groups.Count];
        foreach (var name in resource.Per)
        {
            per[Group(resource.Line, name)] = true;
        }

        return new ResourceDefinition
        {
            Name = resource.Name,
            Type = Encoding.UTF8.GetBytes(resource.Type),
            Per = per,
            Needs = resource.Needs is { Length: 3 } needs ? GroupDefinition.KeyOf(needs) : 0,
            Key = [.. resource.Key.Select(key => Key(resource.Line, key))],
            IsPatient = resource.Type == "Patient" && text.Resources.Take(index).All(earlier => earlier.Type != "Patient"),
        };
    }

    private KeyPart Key(int line, string text) => new([.. text.Split('|').Select(alternative =>
    {
        if (SourcePath.Parse(alternative.Trim()) is { Field: > 0 } path)
        {
            return (GroupDefinition.KeyOf(path.Segment), path.Field, path.Component, path.Subcomponent);
        }

        Fault(line, MapRules.Source, $"'{alternative}' is not a field; write OBR-3.1.");
        return default;
    })]);

    private Dictionary<(int, int), SegmentUse[]> Segments(Dictionary<int, HashSet<int>> reads)
    {
        var uses = new Dictionary<(int, int), List<SegmentUse>>();
        foreach (var segment in text.Segments)
        {
            if (segment.Segment.Length != 3 || Map(segment.Line, segment.Map, segment.Segment) is not { } map)
            {
                continue;
            }

            if (!resources.TryGetValue(segment.Into, out var resource) || text.Resources[resource].Type != map.Type)
            {
                Fault(segment.Line, MapRules.Resource, $"'{segment.Into}' is no {map.Type} among this message's resources.");
                continue;
            }

            var when = segment.When is null ? null : When(segment, map);
            var key = GroupDefinition.KeyOf(segment.Segment);
            foreach (var group in segment.In.Select(name => Group(segment.Line, name)))
            {
                if (!uses.TryGetValue((group, key), out var list))
                {
                    uses[(group, key)] = list = [];
                }

                list.Add(new SegmentUse(map, resource, when));
            }

            foreach (var (readSegment, field) in maps.Reads[map])
            {
                _ = reads.TryGetValue(readSegment, out var fields) || reads.TryAdd(readSegment, fields = []);
                fields!.Add(field);
            }
        }

        return uses.ToDictionary(use => use.Key, use => use.Value.ToArray());
    }

    private Condition? When(SegmentText segment, CompiledMap map)
    {
        var stand = new MapText
        {
            Path = text.Path, Line = segment.Line, Name = map.Name, Source = segment.Segment, IsSegment = true,
            Type = map.Type, IsResource = true, Key = [], Rules = [],
        };
        return ConditionParser.Parse(new MapScope(stand, FhirSchema.R4.Type(map.Type)!, faults), segment.Line, segment.When!);
    }

    private ReferenceRule? Reference(ReferenceText reference)
    {
        if (!resources.TryGetValue(reference.From, out var from) || !resources.TryGetValue(reference.To, out var to))
        {
            Fault(reference.Line, MapRules.Resource, $"'{reference.From}' or '{reference.To}' is no resource of this message.");
            return null;
        }

        var property = FhirSchema.R4.Type(text.Resources[from].Type)?.Element(reference.Property);
        if (property is not { Type: "Reference" })
        {
            Fault(reference.Line, MapRules.Target, $"{text.Resources[from].Type} has no reference '{reference.Property}' in FHIR R4.");
            return null;
        }

        if (property.Targets.Count > 0 && !property.Targets.Contains("Resource") && !property.Targets.Contains(text.Resources[to].Type))
        {
            Fault(reference.Line, MapRules.TargetKind, $"{text.Resources[from].Type}.{reference.Property} cannot refer to a {text.Resources[to].Type}.");
        }

        return new ReferenceRule(from, FhirNames.IdOf(reference.Property), property.Repeats, to, reference.Within is null ? 0 : Group(reference.Line, reference.Within), property.Required);
    }

    private CompiledMap? Map(int line, string name, string segment)
    {
        if (maps.Find(name) is { IsSegment: true, ResourceType: not null } map && map.SourceName == segment)
        {
            return map;
        }

        Fault(line, MapRules.MapReference, $"No map of {segment} is named '{name}'.");
        return null;
    }

    private int Group(int line, string name)
    {
        if (groups.TryGetValue(name, out var index))
        {
            return index;
        }

        Fault(line, MapRules.Group, $"The structure has no group '{name}'.");
        return 0;
    }

    private void Fault(int line, string rule, string message) => faults.Add(new MapFault(text.Path, line, rule, message));
}
