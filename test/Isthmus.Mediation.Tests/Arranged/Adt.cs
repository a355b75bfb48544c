using System.Globalization;
using System.Text;

namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>A message of the registration, sound unless a test says otherwise.</summary>
internal sealed record Adt(string Event)
{
    private static int numbers;

    public string ControlId { get; init; } = "H" + Interlocked.Increment(ref numbers).ToString(CultureInfo.InvariantCulture);

    public string Sent { get; init; } = "20261116091000";

    public string Identifiers { get; init; } = "MRN10001^^^ST_ELSEWHERE^MR";

    public string Name { get; init; } = "Albrecht^Mira^L";

    public string Born { get; init; } = "19580314";

    public string Sex { get; init; } = "F";

    /// <summary>What follows PID-13.</summary>
    public string RestOfPid { get; init; } = "";

    /// <summary>MRG-1; null for a message without MRG.</summary>
    public string? Prior { get; init; }

    /// <summary>MRG-7.</summary>
    public string PriorName { get; init; } = "";

    public string Visit { get; init; } = "V10101";

    /// <summary>Segments behind PV1.</summary>
    public IReadOnlyList<string> Trailing { get; init; } = [];

    public Adt Of(string mrn, string name = "Lindgren^Oskar", string born = "19751203", string sex = "M") =>
        this with { Identifiers = $"{mrn}^^^ST_ELSEWHERE^MR", Name = name, Born = born, Sex = sex };

    public byte[] Bytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => string.Join('\r', (IEnumerable<string>)
    [
        $@"MSH|^~\&|HIS|ST_ELSEWHERE|ISTHMUS|ST_ELSEWHERE|{Sent}||ADT^{Event}|{ControlId}|P|2.5.1||||||UNICODE UTF-8",
        $"EVN|{Event}|{Sent}",
        $"PID|1||{Identifiers}||{Name}||{Born}|{Sex}|||12 Harbor Rd^^Salem^MA^01970^USA||6175550101{RestOfPid}",
        .. Prior is null ? (string[])[] : [$"MRG|{Prior}||||||{PriorName}"],
        .. Prior is null ? (string[])[$"PV1|1|I|4W^412^1^ST_ELSEWHERE|E|||1679576722^Varga^Edit^^^^MD^^NPI||||||||||||{Visit}^^^ST_ELSEWHERE^VN|||||||||||||||||||||||||{Sent}"] : [],
        .. Trailing,
    ]) + "\r";
}
