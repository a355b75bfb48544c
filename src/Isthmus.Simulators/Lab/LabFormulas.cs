namespace Isthmus.Simulators.Lab;

/// <summary>Values that a laboratory computes from others, so that a panel adds up.</summary>
internal static class LabFormulas
{
    public static void Apply(Dictionary<string, decimal> values)
    {
        if (values.ContainsKey("L-AGAP"))
        {
            values["L-AGAP"] = values["L-NA"] - values["L-CL"] - values["L-CO2"];
        }

        if (values.ContainsKey("L-MCV"))
        {
            values["L-HCT"] = values["L-HGB"] * 3.0m;
            values["L-MCV"] = values["L-HCT"] * 10 / values["L-RBC"];
            values["L-MCH"] = values["L-HGB"] * 10 / values["L-RBC"];
            values["L-MCHC"] = values["L-HGB"] * 100 / values["L-HCT"];
        }

        if (values.ContainsKey("L-LDL"))
        {
            values["L-NHDL"] = values["L-CHOL"] - values["L-HDL"];
            values["L-VLDL"] = values["L-TRIG"] / 5;
            values["L-LDL"] = Math.Max(values["L-NHDL"] - values["L-VLDL"], 10);
            values["L-CHR"] = values["L-CHOL"] / values["L-HDL"];
        }
    }
}
