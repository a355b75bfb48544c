using Isthmus.Mapping.Language;
using Isthmus.Mapping.Terminology;
using YamlDotNet.RepresentationModel;

namespace Isthmus.Mapping.Reverse;

/// <summary>The files of a site and of the library that say <c>direction: v2</c>.</summary>
internal sealed class ReverseFiles
{
    private readonly List<ReverseMapText> maps = [];
    private readonly List<ReverseMessageText> messages = [];

    public static bool Holds(YamlText file, YamlMappingNode root) => file.Text(root, "direction") == "v2";

    public void Read(YamlText file, YamlMappingNode root)
    {
        if (file.Text(root, "message") is not null)
        {
            messages.Add(ReverseMessageText.Of(file, root));
        }
        else if (file.Text(root, "map") is not null)
        {
            Add(ReverseMapText.Of(file, root));
        }
        else
        {
            file.AllowOnly(root, "maps", "direction", "version", "note");
            foreach (var item in file.Items(root, "maps"))
            {
                Add(ReverseMapText.Of(file, item));
            }
        }
    }

    /// <summary>A site's map takes the place of the library's of the same name.</summary>
    public CompiledReverse Compile(TerminologySet terminology, List<MapFault> faults)
    {
        var ownMaps = maps.Where(map => !MapLibrary.Holds(map.Path)).Select(map => map.Name).ToHashSet(StringComparer.Ordinal);
        var ownMessages = messages.Where(message => !MapLibrary.Holds(message.Path)).Select(message => message.Name).ToHashSet(StringComparer.Ordinal);
        var compiler = new ReverseCompiler(maps.Where(map => !MapLibrary.Holds(map.Path) || !ownMaps.Contains(map.Name)), terminology, faults);
        compiler.CompileAll();
        return new CompiledReverse(
            [.. messages.Where(message => !MapLibrary.Holds(message.Path) || !ownMessages.Contains(message.Name)).Select(message => new ReverseMessageCompiler(message, compiler, faults).Compile())],
            new InverseNames(terminology),
            new KeptFields(compiler),
            terminology.Units);
    }

    private void Add(ReverseMapText? map)
    {
        if (map is not null)
        {
            maps.Add(map);
        }
    }
}
