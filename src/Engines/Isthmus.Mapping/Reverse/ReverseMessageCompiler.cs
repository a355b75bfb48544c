using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Schema;
using Isthmus.Mapping.Language;

namespace Isthmus.Mapping.Reverse;

/// <summary>Turns a message of the reverse direction into its compiled form, with every name resolved to a number.</summary>
internal sealed class ReverseMessageCompiler(ReverseMessageText text, ReverseCompiler maps, List<MapFault> faults)
{
    /// <summary>The name of what is always there: the bundle that was given.</summary>
    private const string Bundle = "bundle";

    private readonly List<string> names = [Bundle];
    private readonly List<string?> types = [Bundle];

    public ReverseMessage Compile()
    {
        if (text.Parts is not [{ Segment: "MSH" }, ..])
        {
            Fault(text.Line, MapRules.Group, "A message begins with the segment MSH.");
        }

        var parts = text.Parts.Select(Part).ToArray();
        return new ReverseMessage(text.Name, text.Events, text.Content, text.Rank, names.Count, parts);
    }

    private Part Part(PartText part)
    {
        if ((part.Segment.Length == 0) == (part.Group.Length == 0) || part.Segment.Length is not (0 or 3))
        {
            Fault(part.Line, MapRules.MissingKey, "A part is a 'segment:' of three characters or a 'group:'.");
        }

        var each = part.Each is null ? null : Selection(part.Each);
        var with = part.With.Select(Selection).OfType<Selection>().ToArray();
        return new Part
        {
            Segment = part.Segment,
            Needed = part.Needed,
            IsOnce = part.IsOnce,
            Each = each,
            With = with,
            Fill = [.. part.Fill.Select(fill => Fill(part, fill)).OfType<(int, ReverseMap)>()],
            Has = [.. part.Has.Select(Part)],
        };
    }

    private (int, ReverseMap)? Fill(PartText part, (int Line, string Name, string Map) fill)
    {
        if (maps.Find(fill.Map) is not { IsSegment: true } map || map.Target != part.Segment)
        {
            Fault(fill.Line, MapRules.MapReference, $"No map to {part.Segment} is named '{fill.Map}'.");
            return null;
        }

        var variable = names.IndexOf(fill.Name);
        if (variable < 0)
        {
            Fault(fill.Line, MapRules.Resource, $"Nothing is named '{fill.Name}' here; names are {string.Join(", ", names)}.");
            return null;
        }

        if (types[variable] is { } type && variable > 0 && type != map.Type)
        {
            Fault(fill.Line, MapRules.Resource, $"'{fill.Name}' is a {type}; '{fill.Map}' reads a {map.Type}.");
            return null;
        }

        return (variable, map);
    }

    private Selection? Selection(SelectText select)
    {
        var of = select.From is null ? -1 : names.IndexOf(select.From);
        if (select.From is not null && of < 0)
        {
            Fault(select.Line, MapRules.Resource, $"Nothing is named '{select.From}' here; names are {string.Join(", ", names)}.");
            return null;
        }

        if (select.By is not null && of < 0)
        {
            Fault(select.Line, MapRules.MissingKey, "'by:' names what refers; 'of:' says to what.");
            return null;
        }

        var byType = select.By is not null || select.From is null;
        var dot = byType ? select.Each.IndexOf('.', StringComparison.Ordinal) : -1;
        var type = !byType ? null : dot < 0 ? select.Each : select.Each[..dot];
        if (byType && (FhirSchema.R4.Type(type!) is not { IsResource: true } || FhirSchema.R4.Type(select.Each) is null))
        {
            Fault(select.Line, MapRules.Type, $"'{select.Each}' is no resource of FHIR R4, nor an element of one; without 'by:', say 'of:' whose path it is.");
            return null;
        }

        var variable = Name(select.As, byType ? select.Each : null);
        var inner = dot < 0 ? null : Expression(select.Line, select.Each[(dot + 1)..], type);
        var path = byType
            ? (select.By is null ? null : Expression(select.Line, select.By, select.Each))
            : Expression(select.Line, select.Each, of < 0 || of == 0 ? null : types[of]);
        var when = select.When is null ? null : Expression(select.Line, select.When, byType ? select.Each : null);
        return new Selection(variable, type, inner, of, path, when, Unless(select));
    }

    private (string, FhirPathExpression)? Unless(SelectText select)
    {
        if (select.Unless is null)
        {
            return null;
        }

        var dot = select.Unless.IndexOf('.', StringComparison.Ordinal);
        var type = dot < 0 ? select.Unless : select.Unless[..dot];
        if (dot < 0 || FhirSchema.R4.Type(type) is not { IsResource: true })
        {
            Fault(select.Line, MapRules.Type, "'unless:' is a path from a resource, as DiagnosticReport.result.");
            return null;
        }

        return Expression(select.Line, select.Unless[(dot + 1)..], type) is { } path ? (type, path) : null;
    }

    private FhirPathExpression? Expression(int line, string expression, string? type) => maps.Expression(text.Path, line, expression, type);

    private int Name(string name, string? type)
    {
        var known = names.IndexOf(name);
        if (known >= 0)
        {
            types[known] = types[known] == type ? type : null;
            return known;
        }

        names.Add(name);
        types.Add(type);
        return names.Count - 1;
    }

    private void Fault(int line, string rule, string message) => faults.Add(new MapFault(text.Path, line, rule, message));
}
