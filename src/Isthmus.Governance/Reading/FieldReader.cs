using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Yaml;

namespace Isthmus.Governance.Reading;

/// <summary>One entry of a contract's <c>fields</c>.</summary>
internal static class FieldReader
{
    public static FieldTerm Read(Section field)
    {
        var rule = field.Choice<FieldRule>("rule", "says whether the field may cross at all");
        return new FieldTerm
        {
            Source = field.Optional<FieldLocation>("source", Quantities.TryLocation, Quantities.LocationShape),
            Elements = field.Values<string>("elements", null, TryElement, "a FHIR element path such as Patient.name"),
            Rule = rule,
            Class = field.Choice<DataClass>("class", "says how closely it identifies a person"),
            Authority = field.Text("authority", "names the system that is right when two differ"),
            Readers = field.Texts("readers"),
            Retention = field.Value<TimeSpan>("retention", "says how long it is kept", Quantities.TryDuration, Quantities.DurationShape),

            // What does not cross yet needs no reason yet; whoever lets it cross is asked for one.
            Purpose = rule == FieldRule.Unconfirmed ? field.OptionalText("purpose") ?? string.Empty
                : Words.Sentence(field, "purpose", "gives the reason without which a field does not pass"),
            Missing = field.Choice("missing", MissingBehaviour.Finding),
        };
    }

    /// <summary>A resource type, then element names: <c>Observation.referenceRange</c>.</summary>
    private static bool TryElement(string text, out string value)
    {
        value = text;
        var parts = text.Split('.');
        return char.IsAsciiLetterUpper(text[0])
            && parts.All(p => p.Length > 0 && p.All(char.IsAsciiLetterOrDigit))
            && parts.Skip(1).All(p => char.IsAsciiLetterLower(p[0]));
    }
}
