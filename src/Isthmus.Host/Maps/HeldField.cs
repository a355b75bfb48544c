using Isthmus.Mediation.Preview;

namespace Isthmus.Host.Maps;

/// <summary>A field that the contract of a source holds back, and in how many of the messages tried it was valued.</summary>
internal sealed record HeldField(string Source, string Field, int Messages)
{
    /// <summary>What a candidate holds back, by source and field.</summary>
    public static IReadOnlyList<HeldField> Of(IEnumerable<(string Source, Previewed Previewed)> tried) =>
    [
        .. from message in tried
           from field in message.Previewed.Held
           group field by (message.Source, field) into held
           orderby held.Key.Source, held.Key.field
           select new HeldField(held.Key.Source, held.Key.field, held.Count()),
    ];
}
