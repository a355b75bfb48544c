using Isthmus.Hl7v2;
using Isthmus.Mapping;

namespace Isthmus.Mediation.Alarm;

/// <summary>
/// What a task calls a test. Tasks are read by many, so never in the sender's own words, and a code is one of them: what stands in a code's
/// place (OBX-3.1) may be a name. It is the contract's name for the analyte, else the display of the site's terminology, with the code that
/// either of them knows; else the place alone.
/// </summary>
internal static class TestName
{
    /// <param name="analyte">The name in the contract's limits and the code by which they know this test, if one of them is about it.</param>
    public static string Of(Hl7Segment obx, (string Name, string Code)? analyte, MapSet maps, string source)
    {
        if (analyte is { } known)
        {
            return Named(known.Name, known.Code);
        }

        var (coded, unit) = (obx.Field(3).Repetition(1), obx.Field(6).Component(1).Value.GetText());
        for (var first = 1; first <= 4; first += 3)
        {
            var code = coded.Component(first).Value.GetText();
            if (code.Length > 0 && maps.DisplayOf(coded.Component(first + 2).Value.GetText(), code, unit, source) is { } display)
            {
                return Named(display, code);
            }
        }

        return $"test at {obx.Location}";
    }

    private static string Named(string name, string code) => name == code ? name : $"{name} ({code})";
}
