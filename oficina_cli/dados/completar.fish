# Completa o comando oficina no fish. Para valer sempre:
#   oficina completar fish > ~/.config/fish/completions/oficina.fish
function __oficina_completar
    set -l palavras (commandline -opc) (commandline -ct)
    set -l linhas (_OFICINA_COMPLETAR=1 $palavras[1] $palavras[2..-1] 2> /dev/null)
    if test $status -eq 3
        __fish_complete_path (commandline -ct)
        return
    end
    string join \n -- $linhas
end
complete -c oficina -f -k -a '(__oficina_completar)'
