using System.Globalization;
using System.Text;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>What the translation itself contributes: for Provenance.</summary>
internal static class ContextFunctions
{
    public static RuleAction Now(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, _) => CodeFunctions.Constant(
            run, frame, target, Encoding.ASCII.GetBytes(run.Context.Now.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)));
    }

    public static RuleAction MessageReference(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, _) => CodeFunctions.Constant(run, frame, target, Encoding.UTF8.GetBytes(run.Context.MessageReference));
    }

    public static RuleAction MapVersion(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, _) => CodeFunctions.Constant(run, frame, target, run.Maps.Version);
    }

    public static RuleAction TerminologyVersion(FunctionUse use)
    {
        var target = use.Target;
        return (run, frame, _) => CodeFunctions.Constant(run, frame, target, run.Maps.TerminologyVersion);
    }
}
