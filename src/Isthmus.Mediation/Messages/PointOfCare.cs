using Isthmus.Hl7v2;

namespace Isthmus.Mediation.Messages;

/// <summary>Where the patient is (PV1-3.1), as pools are chosen by it.</summary>
internal static class PointOfCare
{
    /// <summary>Longest place that selects a pool; what is longer is a sentence.</summary>
    private const int Longest = 60;

    public static string Of(Hl7Message message) => Cut(message.First("PV1").Field(3).Component(1).Value.GetText());

    /// <summary>Cut between characters: half of one is no text that the store takes.</summary>
    private static string Cut(string text) =>
        text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)];
}
