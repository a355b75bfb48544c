using Isthmus.Hl7v2;
using Isthmus.Mapping;
using Isthmus.Mediation.Messages;

namespace Isthmus.Mediation.Alarm;

/// <summary>
/// What a task calls a test. Tasks are read by many, so never in the sender's own words (OBX-3.2, OBX-3.5), which may hold
/// anything: the contract's name for the analyte, else the display of the site's terminology, else the code itself.
/// </summary>
internal static class TestName
{
    /// <param name="analyte">The name in the contract's limits, if one of them is about this test.</param>
    public static string Of(Hl7Segment obx, string? analyte, MapSet maps)
    {
        var coded = obx.Field(3).Repetition(1);
        var (code, system) = (coded.Component(1).Value.GetText(), coded.Component(3).Value.GetText());
        var name = analyte
            ?? maps.DisplayOf(system, code)
            ?? maps.DisplayOf(coded.Component(6).Value.GetText(), coded.Component(4).Value.GetText());
        return (name, CodeShape.IsCode(code)) switch
        {
            (null, true) => code,
            (null, false) => $"test at {obx.Location}",
            ({ } known, true) when known != code => $"{known} ({code})",
            ({ } known, _) => known,
        };
    }
}
